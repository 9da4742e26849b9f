// Kazoo's REST API under /v2: everything it is made of, put together.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type {
  ConferenceControl,
  ConferenceEditor,
  ConferenceFeed,
  ConferenceRecordings,
  Dialler,
  MediaLibrary,
  SoundFiles,
} from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import type { Conferences } from '../../store/index.js';
import type { Credentials } from '../credentials.js';
import { authRoutes } from './auth-routes.js';
import { ConferenceDesk } from './conference-desk.js';
import { conferenceRoutes } from './conference-routes.js';
import type { BoxIdentity } from './envelope.js';
import { docsRoutes } from './docs-page.js';
import { EventSockets } from './event-sockets.js';
import { Guard } from './guard.js';
import { mediaRoutes } from './media-routes.js';
import { openApiOf } from './openapi.js';
import { participantRoutes } from './participant-routes.js';
import { recordingRoutes } from './recording-routes.js';
import type { Resource } from './resource.js';
import { Router } from './router.js';

export type { BoxIdentity } from './envelope.js';

export interface KazooApiOptions {
  readonly credentials: Credentials;
  readonly stored: Pick<Conferences, 'get' | 'list'>;
  readonly editor: ConferenceEditor;
  readonly control: ConferenceControl;
  readonly dialler: Pick<Dialler, 'dial'>;
  readonly recordings: ConferenceRecordings;
  readonly media: MediaLibrary;
  readonly sounds: Pick<SoundFiles, 'playable'>;
  readonly feed: ConferenceFeed;
  readonly box: BoxIdentity;
  readonly clock: Clock;
  readonly log: Log;
}

const prefix = '/v2';

export class KazooApi {
  private readonly resources: readonly Resource[];
  private readonly router: Router;
  private readonly events: EventSockets;

  constructor(options: KazooApiOptions) {
    const guard = new Guard(options);
    const desk = new ConferenceDesk(options);
    const routes = [
      ...authRoutes({ ...options, guard }),
      ...conferenceRoutes({ ...options, desk }),
      ...participantRoutes({ ...options, desk }),
      ...recordingRoutes(options),
      ...mediaRoutes(options),
    ];
    const openApi = openApiOf(routes, options.box.version);
    this.resources = [...routes, openApiRoute(openApi), ...docsRoutes(openApi)];
    this.router = new Router({ ...options, guard });
    this.events = new EventSockets({ ...options, guard });
  }

  register(app: FastifyInstance): void {
    app.addHook('preClose', (done) => {
      this.events.stop();
      done();
    });
    void app.register(
      (v2, _options, done) => {
        this.router.register(v2, this.resources);
        done();
      },
      { prefix },
    );
  }

  /** Serves a WebSocket that asks for the events. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.events.upgrade(request, socket, head);
  }

  /** Answers an error that came before any route; false = the request was not for this API. */
  fail(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    if (!new RegExp(`^${prefix}(?:[/?]|$)`).test(request.url)) return false;
    this.router.fail(error, request, reply);
    return true;
  }
}

/** Open to all: it says what is written in the manual. */
function openApiRoute(document: Record<string, unknown>): Resource {
  return {
    path: '/openapi.json',
    operations: {
      GET: {
        summary: 'This description',
        open: true,
        bare: true,
        handle: () => ({ data: document }),
      },
    },
  };
}
