// The directory as one caller sees it. A conference with a domain is there only for who dials that domain, and one with a
// bridge password only for who has proven to know it; for everybody else their numbers lead nowhere, dialled or entered
// at the access number.
import type { ConferenceDocument } from '../conference/index.js';
import type { Directory, Listing } from '../reception/index.js';
import type { ConferenceDirectory } from './directory.js';

type Whole = Directory & Pick<ConferenceDirectory, 'refresh'>;

export class VisibleDirectory implements Whole {
  private readonly whole: Whole;
  private readonly host: string;
  private readonly provenFor: string | undefined;

  /**
   * @param host that was dialled
   * @param provenFor id of the conference whose password the caller knows
   */
  constructor(whole: Whole, host: string, provenFor?: string) {
    this.whole = whole;
    this.host = host;
    this.provenFor = provenFor;
  }

  refresh(now?: boolean): Promise<void> {
    return this.whole.refresh(now);
  }

  findByNumber(number: string): Listing | 'access-number' | undefined {
    const found = this.whole.findByNumber(number);
    if (found === undefined || found === 'access-number') return found;
    const { document, conferenceId } = found;
    const proven = !document.bridge_password || conferenceId === this.provenFor;
    return proven && answersAt(document, this.host) ? found : undefined;
  }

  findById(conferenceId: string): ConferenceDocument | undefined {
    return this.whole.findById(conferenceId);
  }
}

/** Whether a conference is there for who dialled this host. */
export function answersAt({ domain }: ConferenceDocument, host: string): boolean {
  return !domain || plain(domain) === plain(host);
}

/** `Example.com.` and `example.com` are the same. */
function plain(host: string): string {
  return host.trim().toLowerCase().replace(/\.$/, '');
}
