// A page that follows what goes on, as a browser does: by server-sent events over a real socket.
import { request } from 'node:http';
import { textOf, type Browser } from './site.js';

/** An open page: the pieces it was sent, as they come. */
export class OpenPage {
  readonly events: { event: string; data: string }[] = [];
  closed = false;
  private readonly abort: () => void;
  private wake: () => void = () => undefined;

  constructor(port: number, path: string, browser: Browser) {
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    let text = '';
    const sent = request({ port, path, headers: { cookie } }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = /^event: (.*)$/m.exec(block)?.[1];
          const data = [...block.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
          if (event) this.events.push({ event, data });
        }
        this.wake();
      });
      response.on('close', () => {
        this.closed = true;
        this.wake();
      });
    });
    sent.on('error', () => undefined);
    sent.end();
    this.abort = () => sent.destroy();
  }

  /** Resolves when so many events have come, or the server has closed. */
  async count(events: number): Promise<void> {
    while (this.events.length < events && !this.closed) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  get last(): string {
    return textOf(this.events.at(-1)?.data ?? '');
  }

  close(): void {
    this.abort();
  }
}
