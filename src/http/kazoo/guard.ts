// Who may do what: turns credentials into tokens and tokens into sessions, and slows down whoever guesses either.
// Guesses of tokens and logins are counted apart, and a right token always passes: nobody can lock others out of
// sessions that are open, and a client whose token has expired can always log in.
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import type { Credentials } from '../credentials.js';
import { Attempts, type Verdict } from './attempts.js';
import { systemError, tooManyRequests } from './errors.js';
import { Tokens, type Session } from './tokens.js';

export interface GuardOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Log;
}

export class Guard {
  private readonly options: GuardOptions;
  private readonly tokens: Tokens;
  private readonly logins: Attempts;
  private readonly wrongTokens: Attempts;

  constructor(options: GuardOptions) {
    const { clock } = options;
    this.options = options;
    this.tokens = new Tokens({ clock });
    this.logins = new Attempts({ clock, refuseAfterAny: 300 });
    // A page that goes on asking with an expired token is no attack, and no token can be guessed in a lifetime.
    this.wrongTokens = new Attempts({
      clock,
      windowMs: 60_000,
      free: 10,
      longestDelayMs: 4000,
      refuseAfter: 30,
    });
  }

  /**
   * @param token as the client sent it, undefined = it sent none
   * @throws KazooError invalid_credentials, or too_many_requests
   */
  async session(token: string | undefined, address: string): Promise<Session> {
    if (token === undefined) throw systemError('invalid_credentials');
    const session = this.tokens.use(token);
    if (session) {
      if (await this.options.credentials.stillValid(session)) return session;
      this.tokens.end(token);
      throw systemError('invalid_credentials');
    }
    await this.attempt(this.wrongTokens.begin(address), address, 'token');
    throw systemError('invalid_credentials');
  }

  /** Who they are in the record of changes. */
  authorOf(session: Session): Promise<string> {
    return this.options.credentials.authorOf(session);
  }

  /** When a token that was right ends unless it is used before, unix ms; undefined = it has ended. No use of it. */
  async endOf(token: string): Promise<number | undefined> {
    const found = this.tokens.look(token);
    if (!found) return undefined;
    if (await this.options.credentials.stillValid(found.session)) return found.endsAt;
    this.tokens.end(token);
    return undefined;
  }

  /** @throws KazooError forbidden for any account but the box's own */
  async account(accountId: string): Promise<void> {
    if (accountId !== (await this.options.credentials.accountId())) throw systemError('forbidden');
  }

  /**
   * A token for whoever `check` finds.
   * @throws KazooError invalid_credentials, or too_many_requests
   */
  async login(address: string, check: () => Promise<Omit<Session, 'since'> | undefined>): Promise<LoggedIn> {
    const attempt = await this.attempt(this.logins.begin(address), address, 'login');
    const since = this.options.clock.now();
    const owner = await check();
    if (!owner) {
      this.options.log.warn('wrong API credentials', { address });
      throw systemError('invalid_credentials');
    }
    const session: Session = { ...owner, since };
    attempt.succeeded();
    this.options.log.info('API login', { address, owner: session.owner, kind: session.kind });
    return { session, token: this.tokens.issue(session) };
  }

  private async attempt(verdict: Verdict, address: string, what: string): Promise<Verdict & { kind: 'go' }> {
    if (verdict.kind === 'refused') {
      this.options.log.warn('address refused for guessing', { address, what });
      throw tooManyRequests(verdict.retryAfterMs);
    }
    const { delayMs } = verdict;
    if (delayMs > 0) await new Promise<void>((resolve) => this.options.clock.after(delayMs, resolve));
    return verdict;
  }
}

export interface LoggedIn {
  readonly session: Session;
  readonly token: string;
}
