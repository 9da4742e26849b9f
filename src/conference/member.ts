// One member of a running conference: the state that decides the mix, and who it is. Conference alone changes it.
import type { JoinOptions } from './conference-events.js';
import type { MemberState } from './types.js';

/** A member as everybody but Conference sees it. The same object for the whole membership: read it, do not copy it. */
export interface Member extends MemberState {
  readonly callerName: string;
  readonly callerNumber: string;
  readonly invited: boolean;
  /** Listens in: not counted, not announced. */
  readonly ghost: boolean;
  /** Unix time, ms. */
  readonly joinedAt: number;
  readonly handRaised: boolean;
  /** As given at join or by setTones; undefined = as the document says. */
  readonly joinTone: boolean | string | undefined;
  readonly leavingTone: boolean | string | undefined;
  readonly disableMusic: boolean;
  readonly name: JoinOptions['name'];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A member as Conference sees it. */
export type MutableMember = Mutable<Omit<Member, 'id' | 'callId' | 'relations'>> &
  Pick<Member, 'id' | 'callId'> & { readonly relations: Map<number, 'deaf' | 'mute'> };
