// Where numbers lead, in memory: the dial-in dialogue asks between two digits and cannot wait for a disk. Read whole
// again when the configuration has changed (1,000 conferences: some milliseconds), which is asked for at each INVITE.
import { numbersOf, type ConferenceDocument, type ListedIn } from '../conference/index.js';
import type { Directory, Listing } from '../reception/index.js';

/** What the directory is made of; the store in a box, plain values in a test. */
export interface DirectorySource {
  /**
   * Changes whenever a conference or an access number does; cheap to ask.
   * @param now true: also when another process has changed it a moment ago
   */
  version(now: boolean): Promise<number>;
  conferences(): Promise<readonly { id: string; document: ConferenceDocument }[]>;
  accessNumbers(): Promise<readonly string[]>;
}

export class ConferenceDirectory implements Directory {
  private readonly source: DirectorySource;
  private documents: ReadonlyMap<string, ConferenceDocument> = new Map();
  private numbers: ReadonlyMap<string, { conferenceId: string; listedIn: ListedIn } | 'access-number'> =
    new Map();
  private loaded: number | undefined;
  private loading: Promise<void> | undefined;

  constructor(source: DirectorySource) {
    this.source = source;
  }

  /** Makes the look-ups below true for now; costs nothing when nothing has changed. */
  async refresh(now = false): Promise<void> {
    const version = await this.source.version(now);
    if (version === this.loaded) return;
    // What is being read may have been read before the change.
    await this.loading;
    if (version === this.loaded) return;
    this.loading ??= this.load(version).finally(() => (this.loading = undefined));
    await this.loading;
  }

  findByNumber(number: string): Listing | 'access-number' | undefined {
    const found = this.numbers.get(number);
    if (found === undefined || found === 'access-number') return found;
    const document = this.documents.get(found.conferenceId);
    return document && { ...found, document };
  }

  findById(conferenceId: string): ConferenceDocument | undefined {
    return this.documents.get(conferenceId);
  }

  private async load(version: number): Promise<void> {
    const [conferences, accessNumbers] = await Promise.all([
      this.source.conferences(),
      this.source.accessNumbers(),
    ]);
    const numbers = new Map<string, { conferenceId: string; listedIn: ListedIn } | 'access-number'>();
    for (const { id, document } of conferences) {
      for (const { number, listedIn } of numbersOf(document))
        numbers.set(number, { conferenceId: id, listedIn });
    }
    for (const number of accessNumbers) numbers.set(number, 'access-number');
    this.documents = new Map(conferences.map(({ id, document }) => [id, document]));
    this.numbers = numbers;
    this.loaded = version;
  }
}
