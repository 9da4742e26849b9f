// Changes to what is written down about conferences, while calls go on: stored first, then followed by the conference if
// it runs and by the next caller. Whoever edits through here cannot forget the second half.
import type { ConferenceDocument, ConferencePatch } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Conferences, StoredConference, WriteOptions } from '../store/index.js';
import type { ConferenceDirectory } from './directory.js';
import type { RunningConferences } from './running-conferences.js';

export interface ConferenceEditorOptions {
  readonly stored: Pick<Conferences, 'create' | 'replace' | 'patch' | 'remove' | 'putBack'>;
  readonly directory: Pick<ConferenceDirectory, 'refresh'>;
  readonly running: Pick<RunningConferences, 'follow'>;
  readonly log: Log;
}

/** Each method throws what the one of the same name in store/conferences does; nothing has changed then. */
export class ConferenceEditor {
  private readonly options: ConferenceEditorOptions;

  constructor(options: ConferenceEditorOptions) {
    this.options = options;
  }

  create(document: ConferenceDocument, options?: Pick<WriteOptions, 'author'>): Promise<StoredConference> {
    return this.followed(this.options.stored.create(document, options));
  }

  replace(id: string, document: ConferenceDocument, options?: WriteOptions): Promise<StoredConference> {
    return this.followed(this.options.stored.replace(id, document, options));
  }

  patch(id: string, patch: ConferencePatch, options?: WriteOptions): Promise<StoredConference> {
    return this.followed(this.options.stored.patch(id, patch, options));
  }

  /** A conference that is going on goes on until its last member leaves; nobody new finds it. */
  remove(id: string, options?: WriteOptions): Promise<StoredConference> {
    return this.followed(this.options.stored.remove(id, options));
  }

  /** Undoes a removal. */
  putBack(id: string, options?: Pick<WriteOptions, 'author'>): Promise<StoredConference> {
    return this.followed(this.options.stored.putBack(id, options));
  }

  private async followed(change: Promise<StoredConference>): Promise<StoredConference> {
    const conference = await change;
    try {
      await this.options.directory.refresh();
      this.options.running.follow();
    } catch (error) {
      // It is stored, and the next call reads it anyway.
      this.options.log.warn('change not followed at once', {
        conference: conference.id,
        error: messageOf(error),
      });
    }
    return conference;
  }
}
