// Somebody in front of the web page of a whole box: pages, forms and cookies, from the box itself by HTTP.
import type { Box } from './box.js';

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly location: string;
}

export class WebVisitor {
  private readonly box: Box;
  private readonly cookies = new Map<string, string>();
  private token = '';

  constructor(box: Box) {
    this.box = box;
  }

  get(path: string): Promise<Answered> {
    return this.send(path, {});
  }

  /** Posts a form of the page it has seen last. */
  post(path: string, fields: Record<string, string> = {}): Promise<Answered> {
    return this.send(path, { method: 'POST', body: new URLSearchParams({ ...fields, csrf: this.token }) });
  }

  /** Posts a form with a file. */
  upload(path: string, fields: Record<string, string>, name: string, file: Blob): Promise<Answered> {
    return this.uploadAll(path, { [name]: file }, fields);
  }

  uploadAll(
    path: string,
    files: Record<string, Blob>,
    fields: Record<string, string> = {},
  ): Promise<Answered> {
    const body = new FormData();
    for (const [key, value] of Object.entries({ csrf: this.token, ...fields })) body.set(key, value);
    for (const [name, file] of Object.entries(files)) body.set(name, file, 'file');
    return this.send(path, { method: 'POST', body });
  }

  async download(path: string): Promise<Blob> {
    const body = new URLSearchParams({ csrf: this.token });
    const response = await fetch(this.box.url + path, { method: 'POST', body, headers: this.headers() });
    return response.blob();
  }

  private async send(path: string, init: RequestInit): Promise<Answered> {
    const response = await fetch(this.box.url + path, {
      ...init,
      redirect: 'manual',
      headers: this.headers(),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    const body = await response.text();
    this.token = /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? this.token;
    return { status: response.status, body, location: response.headers.get('location') ?? '' };
  }

  headers(): Record<string, string> {
    return { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') };
  }
}
