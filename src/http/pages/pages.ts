// The admin's web page: everything it is made of, put together.
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type {
  Announcer,
  ConferenceControl,
  ConferenceEditor,
  ConferenceRecordings,
  ConferenceWatch,
  Dialler,
  MediaLibrary,
  SoundFiles,
} from '../../calls/index.js';
import type { Appliance, UpdateDesk } from '../../appliance/index.js';
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import type { Store } from '../../store/index.js';
import type { PlainHttp } from '../plain-http.js';
import { adminPages } from './admin-pages.js';
import { backupPages } from './backup-pages.js';
import type { BoxFacts } from './box-facts.js';
import { boxPages } from './box-pages.js';
import { callPages } from './call-pages.js';
import { certificatePages, type CertificateDesk } from './certificate-pages.js';
import { changePages } from './change-pages.js';
import { conferencePages } from './conference-pages.js';
import { dialPages } from './dial-pages.js';
import { doorPages } from './door-pages.js';
import { editPages } from './edit-pages.js';
import { keyPages } from './key-pages.js';
import { livePages } from './live-pages.js';
import { LiveStreams } from './live-streams.js';
import { logPages } from './log-pages.js';
import { networkPages, trialNotice } from './network-pages.js';
import { outboundPages } from './outbound-pages.js';
import { PageRouter } from './page-router.js';
import { PlacedCalls } from './placed-calls.js';
import { playPages } from './play-pages.js';
import { recordingPages } from './recording-pages.js';
import { resetPages } from './reset-pages.js';
import { sayPages } from './say-pages.js';
import { sheetPages } from './sheet-pages.js';
import { soundPages } from './sound-pages.js';
import { emptyTemporary } from './temporary.js';
import { updatePages } from './update-pages.js';

export interface PagesOptions {
  readonly store: Pick<
    Store,
    | 'conferences'
    | 'accessNumbers'
    | 'settings'
    | 'calls'
    | 'account'
    | 'admins'
    | 'apiKeys'
    | 'sessions'
    | 'changes'
    | 'outboundPeer'
    | 'backup'
  >;
  readonly editor: ConferenceEditor;
  readonly control: ConferenceControl;
  readonly conferenceWatch: Pick<ConferenceWatch, 'watch'>;
  readonly dialler: Pick<Dialler, 'dial'>;
  readonly media: MediaLibrary;
  readonly recordings: Pick<ConferenceRecordings, 'get' | 'list' | 'fileOf' | 'remove'>;
  readonly sounds: Pick<SoundFiles, 'playable'>;
  readonly announcer: Pick<Announcer, 'say'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: BoxFacts;
  /** Lets the first admin in; told on the console. */
  readonly setupCode: string;
  readonly certificate: CertificateDesk;
  readonly plain: Pick<PlainHttp, 'allowed' | 'allow'>;
  /** What root's programs of the image do; undefined = the box is not from the image. */
  readonly appliance?: Appliance | undefined;
  /** Where it is with updates, of a box from the image. */
  readonly updates?: UpdateDesk | undefined;
  /**
   * Lays a backup ready and starts the box anew with it; `file` is moved away.
   * @throws StoreFileError when it cannot be restored; nothing has changed then
   */
  readonly restore: (file: string, author: string) => Promise<void>;
}

export class Pages {
  private readonly options: PagesOptions;
  private readonly streams: LiveStreams;
  private readonly placed: PlacedCalls;

  constructor(options: PagesOptions) {
    this.options = options;
    this.streams = new LiveStreams(options);
    this.placed = new PlacedCalls(options.clock, (conferenceId) => this.streams.refresh(conferenceId));
  }

  register(app: FastifyInstance): void {
    const { options, streams, placed } = this;
    void app.register(async (scope) => {
      await emptyTemporary(options.facts.temporary);
      await scope.register(multipart);
      const router = new PageRouter(scope, {
        store: options.store,
        httpsPort: () => options.certificate.port(),
        log: options.log,
        urgent: (visit) => trialNotice(visit, options.appliance),
      });
      doorPages(router, options);
      conferencePages(router, options);
      editPages(router, options);
      livePages(router, { ...options, streams, placed });
      playPages(router, { ...options, placed });
      sayPages(router, { ...options, placed });
      dialPages(router, { ...options, placed });
      sheetPages(router, options);
      callPages(router, options);
      recordingPages(router, options);
      boxPages(router, options);
      soundPages(router, options);
      outboundPages(router, options);
      adminPages(router, options);
      keyPages(router, options);
      backupPages(router, options);
      certificatePages(router, options);
      networkPages(router, { ...options, streams });
      updatePages(router, { ...options, streams });
      resetPages(router, options);
      changePages(router, options);
      logPages(router, options);
    });
  }
}
