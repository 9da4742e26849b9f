// The web page as a browser meets it, on a box without sockets and phones, and a jar for cookies.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { UpdateDesk, type Appliance } from '../../../src/appliance/index.js';
import { Announcer, ConferenceWatch, Invitation, type DialOptions } from '../../../src/calls/index.js';
import { buildApp, PlainHttp } from '../../../src/http/index.js';
import type { CertificateDesk } from '../../../src/http/pages/index.js';
import { FetchGuard } from '../../../src/sounds/index.js';
import type { Store } from '../../../src/store/index.js';
import { scratchFolder, scratchStore, type Test } from '../../store/scratch.js';
import { PhonelessBox, startMs } from '../phoneless-box.js';

export const setupCode = 'ABCD-2345';
export const admin = { name: 'ada', password: 'correct horse battery' };

export interface Reply {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly body: string;
  /** Where a redirect leads. */
  readonly location: string;
}

/** HTTPS as a test wants it. */
export class FakeCertificate implements CertificateDesk {
  wanted = false;
  served: number | undefined;
  used: string | undefined;

  port(): number | undefined {
    return this.served;
  }

  facts() {
    if (this.used === undefined) return undefined;
    return { subject: 'CN=box', issuer: 'CN=ca', validUntil: startMs, fingerprint: 'AA:BB', own: false };
  }

  use(certificate: string, key: string): Promise<void> {
    if (!certificate.includes('CERTIFICATE') || !key.includes('KEY'))
      return Promise.reject(new Error('no pair'));
    this.used = certificate;
    return Promise.resolve();
  }
}

export class Site extends PhonelessBox {
  readonly app: FastifyInstance;
  readonly certificate = new FakeCertificate();
  health = { sip: true, media: true, store: true };
  /** What a restore was asked for with. */
  restored: string[] = [];
  /** Answers a restore. */
  restore: (file: string) => Promise<void> = (file) => Promise.resolve(void this.restored.push(file));
  /** What the box was asked to call, as it was asked; a test may put another way of calling in this one's place. */
  readonly dialled: Invitation[] = [];
  /** What was spoken, with its language. */
  readonly said: string[] = [];
  speechFails = false;
  /** Calls that were hung up before they were answered, by their target. */
  readonly calledOff: string[] = [];
  dial = (target: string, options: DialOptions): Promise<Invitation> => {
    const calledOff = () => {
      this.calledOff.push(target);
      invitation.ends('cancelled');
    };
    const invitation = new Invitation(`dialled-${this.dialled.length}`, target, options, calledOff);
    this.dialled.push(invitation);
    return Promise.resolve(invitation);
  };
  /** Addresses that take forms, as they are registered. */
  readonly posts: string[] = [];

  /** Which of the box's own addresses requests come to. */
  localAddress = '192.0.2.1';

  /** Of a box from the image. */
  readonly updates: UpdateDesk | undefined;

  private constructor(store: Store, folder: string, appliance?: Appliance) {
    super({ store, folder });
    const { clock, log, sounds, recordings, editor, control } = this;
    const plain = new PlainHttp({ settings: store.settings, httpsPort: () => this.certificate.port() });
    this.updates =
      appliance &&
      new UpdateDesk({
        appliance,
        data: folder,
        version: '1.2.3',
        guard: new FetchGuard({ allowed: [{ address: '127.0.0.1', prefix: 32 }] }),
        calls: () => store.calls.live().length,
        backup: (file) => store.backup(file),
        clock,
        log,
        mostBytes: 400_000,
      });
    this.updates?.start();
    this.app = buildApp({
      health: () => this.health,
      pages: {
        store,
        editor,
        control,
        dialler: { dial: (target, options) => this.dial(target, options) },
        announcer: new Announcer({
          control,
          sounds: { prepared: (file) => Promise.resolve(file) },
          speech: {
            file: (sentence, { language }) => {
              if (this.speechFails) return Promise.reject(new Error('no voice'));
              this.said.push(`${language}: ${sentence}`);
              return Promise.resolve('/nowhere');
            },
          },
        }),
        media: this.library,
        recordings,
        sounds,
        conferenceWatch: new ConferenceWatch({ feed: this.running.feed, clock }),
        clock,
        log,
        setupCode,
        certificate: this.certificate,
        plain,
        appliance,
        updates: this.updates,
        facts: {
          version: '1.2.3',
          address: '192.0.2.1',
          httpPort: 8000,
          sipHost: '192.0.2.1',
          startedAt: startMs,
          health: () => this.health,
          data: folder,
          temporary: join(folder, 'tmp'),
          prompts: join(folder, 'prompts'),
          logFile: `${folder}/box.log`,
        },
        restore: (file) => this.restore(file),
      },
    });
    this.app.addHook('onRequest', (request, _reply, done) => {
      // What is injected has no socket of its own.
      if (request.raw.socket.localAddress === undefined)
        Object.assign(request.raw.socket, { localAddress: this.localAddress });
      done();
    });
  }

  /** A page of a box that nobody has set up. */
  static async fresh(t: Test): Promise<Site> {
    const site = new Site(await scratchStore(t), scratchFolder(t));
    await site.begin(t);
    return site;
  }

  /**
   * A page of a box with one admin, and a browser in which that admin is logged in.
   * @param appliance of a box from the image
   */
  static async start(t: Test, appliance?: Appliance): Promise<{ site: Site; browser: Browser }> {
    setUpBox ??= setUpOnce();
    const { backup, cookies } = await setUpBox;
    const folder = scratchFolder(t);
    copyFileSync(backup, join(folder, 'box.db'));
    const site = new Site(await scratchStore(t, { file: join(folder, 'box.db') }), folder, appliance);
    await site.begin(t);
    const browser = site.browser();
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    return { site, browser };
  }

  private async begin(t: Test): Promise<void> {
    this.app.addHook('onRoute', ({ method, url }) => {
      if (method === 'POST') this.posts.push(url);
    });
    await this.prepare();
    await this.app.ready();
    t.teardown(() => this.app.close());
  }

  browser(headers: Record<string, string> = {}, address = '192.0.2.99'): Browser {
    return new Browser(this, headers, address);
  }

  /** The box has these prompts in this language. */
  speaks(language: string, prompts: readonly string[]): void {
    const folder = join(this.folder, 'prompts', language);
    mkdirSync(folder, { recursive: true });
    for (const name of prompts) writeFileSync(join(folder, `${name}.wav`), '');
  }

  /** Until open pages have been sent what has happened: it is told after the turn, and waits for what else happens. */
  async pass(): Promise<void> {
    await new Promise(setImmediate);
    this.clock.advance(250);
  }
}

/** A box that was set up, which takes half a second of hashing, and the cookies of its admin. */
let setUpBox: Promise<{ backup: string; cookies: ReadonlyMap<string, string> }> | undefined;

async function setUpOnce(): Promise<{ backup: string; cookies: ReadonlyMap<string, string> }> {
  const undo: (() => unknown)[] = [];
  const site = await Site.fresh({ teardown: (fn) => undo.push(fn) });
  const browser = site.browser();
  await browser.setUp();
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const backup = join(folder, 'box.db');
  await site.store.backup(backup);
  for (const fn of undo.reverse()) await fn();
  return { backup, cookies: browser.cookies };
}

export class Browser {
  readonly cookies = new Map<string, string>();
  private readonly site: Site;
  private readonly headers: Record<string, string>;
  private readonly address: string;

  constructor(site: Site, headers: Record<string, string>, address: string) {
    this.site = site;
    this.headers = headers;
    this.address = address;
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', url, undefined, headers);
  }

  /** Fills in a form of the page it is on: the token comes from there. */
  async post(url: string, fields: Record<string, string> = {}, page = '/login'): Promise<Reply> {
    const csrf = tokenOf((await this.get(page)).body) || tokenOf((await this.get('/conferences')).body);
    return this.postAs(csrf, url, fields);
  }

  postAs(csrf: string, url: string, fields: Record<string, string> = {}): Promise<Reply> {
    const body = new URLSearchParams({ ...fields, csrf }).toString();
    return this.send('POST', url, body, { 'content-type': 'application/x-www-form-urlencoded' });
  }

  /** A form with files. */
  async upload(
    url: string,
    fields: Record<string, string>,
    files: Record<string, string | Buffer>,
  ): Promise<Reply> {
    const form = new FormData();
    form.set('csrf', tokenOf((await this.get('/conferences')).body));
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const [name, value] of Object.entries(files)) form.set(name, new Blob([value]), 'a file');
    const request = new Request('http://box/', { method: 'POST', body: form });
    const body = Buffer.from(await request.arrayBuffer());
    return this.send('POST', url, body, { 'content-type': request.headers.get('content-type')! });
  }

  /** The first start; logged in afterwards. */
  setUp(fields: Record<string, string> = {}): Promise<Reply> {
    const { name, password } = admin;
    const all = { code: setupCode, box: 'Office', name, password, repeat: password, ...fields };
    return this.post('/setup', all, '/setup');
  }

  logIn(name = admin.name, password = admin.password): Promise<Reply> {
    return this.post('/login', { name, password });
  }

  async send(
    method: 'GET' | 'POST',
    url: string,
    payload?: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.site.app.inject({
      method,
      url,
      headers: { host: 'box.example', ...(cookie && { cookie }), ...this.headers, ...headers },
      remoteAddress: this.address,
      ...(payload !== undefined && { payload }),
    });
    for (const { name, value } of response.cookies) {
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body,
      location: String(response.headers.location ?? ''),
    };
  }
}

export function tokenOf(body: string): string {
  return /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

/** The text that a person reads, without tags. */
export function textOf(body: string): string {
  return body
    .replace(/<(script|style|title)[^>]*>[^<]*<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}
