// Open pages that follow what goes on: the server sends a piece of the page anew whenever it looks different, by
// server-sent events. A browser that comes back after a break gets the whole piece at once, so that nothing can be
// missed.
import { createHash } from 'node:crypto';
import type { ConferenceWatch } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import { messageOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Store } from '../../store/index.js';
import { html, type Html } from './html.js';
import type { AdminVisit, Answer, Visit } from './visit.js';

export interface LiveStreamsOptions {
  readonly conferenceWatch: Pick<ConferenceWatch, 'watch'>;
  readonly store: { readonly sessions: Pick<Store['sessions'], 'use'> };
  readonly clock: Clock;
  readonly log: Log;
}

/** Open at once, all admins together: each costs a drawing of its page at every change. */
const most = 100;
/** So often the piece is drawn without a change, ms: for what changes without an event, and to see that somebody is
 * still there and logged in. */
const pulseMs = 5000;
/** How long a browser waits before it comes back, ms. */
const retryMs = 1000;
/** A browser that has not taken so much is too slow; it gets the next piece when it has. Bytes. */
const mostWaiting = 256 * 1024;

export class LiveStreams {
  private readonly options: LiveStreamsOptions;
  /** Draws anew what an open page shows, with the conference that it follows. */
  private readonly redraws = new Map<() => Promise<void>, string | undefined>();

  constructor(options: LiveStreamsOptions) {
    this.options = options;
  }

  /** Something has changed that no conference tells of: a call that rings. */
  refresh(conferenceId: string): void {
    for (const [redraw, id] of this.redraws) if (id === conferenceId) void redraw();
  }

  /**
   * @param conferenceId what is watched; undefined = all conferences
   * @param draw the piece as it is now; undefined = what it shows is gone, and the browser loads the page again
   */
  async follow(
    visit: AdminVisit,
    conferenceId: string | undefined,
    draw: () => Promise<Html | undefined>,
  ): Promise<Answer> {
    const { reply, request } = visit;
    if (this.redraws.size >= most) {
      return { content: '', status: 503, headers: { 'content-type': 'text/plain', 'retry-after': '10' } };
    }
    const first = await draw();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: ${retryMs}\n\n`);
    let sent = '';
    let drawing = false;
    let again = false;
    let over = false;

    // What the browser shows already, by the page it loaded or by the last piece before a break.
    const seen = request.headers['last-event-id'] ?? visit.query.get('seen');
    if (first && seen === versionOf(first)) sent = first.text;

    const send = (piece: Html | undefined) => {
      if (over) return;
      if (!piece) {
        raw.end('event: gone\ndata:\n\n');
        return;
      }
      if (piece.text === sent || raw.writableLength > mostWaiting) return;
      sent = piece.text;
      raw.write(`id: ${versionOf(piece)}\nevent: piece\n${dataLines(sent)}\n\n`);
    };
    const redraw = async () => {
      // One at a time, and once more when something changed meanwhile.
      again = drawing;
      if (drawing || over) return;
      drawing = true;
      try {
        do {
          again = false;
          send(await draw());
        } while (again as boolean);
      } catch (error) {
        this.options.log.warn('live page not drawn', { error: messageOf(error) });
      } finally {
        drawing = false;
      }
    };
    const pulse = async () => {
      const known = await this.options.store.sessions.use(visit.session).catch(() => visit.admin);
      if (!known) {
        raw.end('event: gone\ndata:\n\n');
        return;
      }
      if (over) return;
      raw.write(': here\n\n');
      await redraw();
      stopPulse = this.options.clock.after(pulseMs, () => void pulse());
    };

    this.redraws.set(redraw, conferenceId);
    const stopWatching = this.options.conferenceWatch.watch(conferenceId, () => void redraw());
    let stopPulse = this.options.clock.after(pulseMs, () => void pulse());
    raw.once('close', () => {
      over = true;
      this.redraws.delete(redraw);
      stopWatching();
      stopPulse();
    });
    raw.on('error', () => request.raw.destroy());
    send(first);
    return 'taken';
  }
}

/** Pieces that look the same have the same. */
function versionOf({ text }: Html): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** A piece in the page that follows it from then on. @param path of the stream */
export function liveRegion({ texts }: Visit, path: string, piece: Html): Html {
  const url = `${path}${path.includes('?') ? '&' : '?'}seen=${versionOf(piece)}`;
  return html`<div data-live="${url}" data-lost="${texts.live.lost}" data-failed="${texts.live.failed}">${piece}</div>`;
}

/** One line of data for each line of text, as the format of event streams wants it. */
function dataLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join('\n');
}
