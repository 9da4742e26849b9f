// What happens in the conferences that are going on, for whoever wants to be told: the events over WebSocket, the web
// page, and whatever comes. Facts are told as plain copies, in order, with numbers: who was away asks for what came
// after the last number it has seen, or reads a snapshot and goes on from the snapshot's number. Nothing is told within
// the turn in which it happened, so that no listener delays a call.
import { randomUUID } from 'node:crypto';
import type {
  Actor,
  Clock,
  Conference,
  ConferenceChange,
  Member,
  MemberChange,
} from '../conference/index.js';
import type { MemberId, Role } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { TalkWatch } from './talk-watch.js';

export interface ConferenceFacts {
  /** Id of the stored conference. */
  readonly id: string;
  /** Of this run of it. */
  readonly instanceId: string;
  readonly name: string | undefined;
  readonly locked: boolean;
  readonly muted: boolean;
  readonly held: boolean;
  /** Unix ms. */
  readonly startedAt: number | undefined;
  /** Moderators too, ghosts not. */
  readonly participants: number;
  readonly moderators: number;
}

export interface MemberFacts {
  readonly id: MemberId;
  readonly callId: string;
  readonly role: Role;
  readonly callerName: string;
  readonly callerNumber: string;
  /** Unix ms. */
  readonly joinedAt: number;
  readonly muted: boolean;
  readonly deaf: boolean;
  readonly held: boolean;
  readonly phoneHold: boolean;
  readonly waiting: boolean;
  readonly ghost: boolean;
  readonly handRaised: boolean;
  readonly talkLevel: number;
  readonly listenLevel: number;
  readonly energyLevel: number;
  readonly talking: boolean;
  readonly floor: boolean;
  /** Speaks although nobody can hear it. */
  readonly speaksInVain: boolean;
  /** Mean absolute 16-bit sample, now. */
  readonly energy: number;
}

/** What happened; the words are those of ConferenceEvents. */
export type Happening =
  | { readonly kind: 'started' | 'locked' | 'unlocked' }
  | { readonly kind: 'conference-ended'; readonly reason: string }
  | { readonly kind: 'conference-changed'; readonly what: ConferenceChange; readonly by: Actor }
  | { readonly kind: 'member-joined' | 'talk-started' | 'talk-stopped'; readonly member: MemberFacts }
  | { readonly kind: 'member-left'; readonly member: MemberFacts; readonly reason: string }
  | {
      readonly kind: 'member-changed';
      readonly member: MemberFacts;
      readonly what: MemberChange;
      readonly by: Actor;
    };

export type FeedEvent = Happening & {
  /** 1 upwards, over all conferences of this run of the box. */
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  /** The conference as it is after this. */
  readonly conference: ConferenceFacts;
};

export interface Snapshot {
  /** Differs after a restart of the box: numbers of another epoch mean nothing. */
  readonly epoch: string;
  /** Of the last event that is in it. */
  readonly seq: number;
  readonly conferences: readonly {
    readonly conference: ConferenceFacts;
    readonly members: readonly MemberFacts[];
  }[];
}

export interface SubscribeOptions {
  /** False: does not ask for who is talking, which costs something for every member. Default true. */
  readonly talk?: boolean;
  /** The last event that was seen: what came after it is told before subscribe() returns. Ask `holds` before. */
  readonly after?: number;
}

/** What the feed needs of a running conference. */
export interface FedConference {
  readonly id: string;
  readonly conference: Conference;
  readonly talk: TalkWatch;
}

interface Subscription {
  /** undefined = all. */
  readonly topic: string | undefined;
  readonly talk: boolean;
  readonly listener: (event: FeedEvent) => void;
  /** Events up to this one are not told. */
  readonly after: number;
  readonly releases: Map<FedConference, () => void>;
}

/** So many events are kept for those who were away. */
const mostKept = 1000;

export class ConferenceFeed {
  readonly epoch: string = randomUUID();
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly fed = new Set<FedConference>();
  private readonly subscriptions = new Set<Subscription>();
  private kept: FeedEvent[] = [];
  private queue: FeedEvent[] = [];
  private seq = 0;

  constructor(clock: Clock, log: Log) {
    this.clock = clock;
    this.log = log;
  }

  /**
   * Tells what happens from now on in one conference, or in all.
   * @param topic id of the stored conference, or 'all'
   * @returns ends it
   */
  subscribe(topic: string, listener: (event: FeedEvent) => void, options: SubscribeOptions = {}): () => void {
    const { talk = true, after = this.seq } = options;
    const subscription: Subscription = {
      topic: topic === 'all' ? undefined : topic,
      talk,
      listener,
      after: Math.max(after, this.seq),
      releases: new Map(),
    };
    this.subscriptions.add(subscription);
    for (const one of this.fed) this.listenFor(subscription, one);
    for (const event of this.kept) {
      if (event.seq > after && concerns(subscription, event)) this.tell(subscription, event);
    }
    return () => {
      this.subscriptions.delete(subscription);
      for (const release of subscription.releases.values()) release();
      subscription.releases.clear();
    };
  }

  /** Whether everything after that event is still here to be told; otherwise a snapshot is what helps. */
  holds(epoch: string, seq: number): boolean {
    if (epoch !== this.epoch || seq > this.seq) return false;
    return seq === this.seq || seq + 1 >= (this.kept[0]?.seq ?? Infinity);
  }

  /** How things stand in one conference, or in all that are going on. */
  snapshot(topic = 'all'): Snapshot {
    const fed = [...this.fed].filter(({ id }) => topic === 'all' || id === topic);
    return {
      epoch: this.epoch,
      seq: this.seq,
      conferences: fed.map((one) => ({
        conference: factsOf(one),
        members: [...one.conference.members.values()].map((member) => memberFactsOf(one, member)),
      })),
    };
  }

  /** For RunningConferences: a conference is about to begin. */
  follow(one: FedConference): void {
    const { conference } = one;
    const put = (happening: Happening): void => this.put(one, happening);
    this.fed.add(one);
    for (const subscription of this.subscriptions) this.listenFor(subscription, one);
    conference.on('started', () => put({ kind: 'started' }));
    conference.on('locked', () => put({ kind: 'locked' }));
    conference.on('unlocked', () => put({ kind: 'unlocked' }));
    conference.on('conference-changed', ({ what, by }) => put({ kind: 'conference-changed', what, by }));
    for (const kind of ['member-joined', 'talk-started', 'talk-stopped'] as const) {
      conference.on(kind, ({ member }: { member: Member }) =>
        put({ kind, member: memberFactsOf(one, member) }),
      );
    }
    conference.on('member-left', ({ member, reason }) =>
      put({ kind: 'member-left', member: memberFactsOf(one, member), reason }),
    );
    conference.on('member-changed', ({ member, what, by }) =>
      put({ kind: 'member-changed', member: memberFactsOf(one, member), what, by }),
    );
    conference.on('conference-ended', ({ reason }) => {
      put({ kind: 'conference-ended', reason });
      this.fed.delete(one);
      for (const { releases } of this.subscriptions) {
        releases.get(one)?.();
        releases.delete(one);
      }
    });
  }

  private listenFor(subscription: Subscription, one: FedConference): void {
    const wanted = subscription.topic === undefined || subscription.topic === one.id;
    if (subscription.talk && wanted) subscription.releases.set(one, one.talk.hold());
  }

  private put(one: FedConference, happening: Happening): void {
    const event: FeedEvent = {
      ...happening,
      seq: ++this.seq,
      at: this.clock.now(),
      conference: factsOf(one),
    };
    this.kept.push(event);
    if (this.kept.length >= 2 * mostKept) this.kept = this.kept.slice(-mostKept);
    if (this.subscriptions.size === 0) return;
    this.queue.push(event);
    if (this.queue.length === 1) setImmediate(() => this.flush());
  }

  private flush(): void {
    const events = this.queue;
    this.queue = [];
    for (const event of events) {
      for (const subscription of this.subscriptions) {
        if (event.seq > subscription.after && concerns(subscription, event)) this.tell(subscription, event);
      }
    }
  }

  private tell(subscription: Subscription, event: FeedEvent): void {
    if (!this.subscriptions.has(subscription)) return;
    try {
      subscription.listener(event);
    } catch (error) {
      this.log.error('listener of the feed failed', { event: event.kind, error: messageOf(error) });
    }
  }
}

function concerns({ topic }: Subscription, { conference }: FeedEvent): boolean {
  return topic === undefined || topic === conference.id;
}

function factsOf({ id, conference }: FedConference): ConferenceFacts {
  const { instanceId, document, locked, muted, held, startedAt, participantCount, moderatorCount } =
    conference;
  return {
    id,
    instanceId,
    name: document.name,
    locked,
    muted,
    held,
    startedAt,
    participants: participantCount,
    moderators: moderatorCount,
  };
}

function memberFactsOf({ conference, talk }: FedConference, member: Member): MemberFacts {
  const { speech } = conference;
  return {
    id: member.id,
    callId: member.callId,
    role: member.role,
    callerName: member.callerName,
    callerNumber: member.callerNumber,
    joinedAt: member.joinedAt,
    muted: member.muted,
    deaf: member.deaf,
    held: member.held,
    phoneHold: member.phoneHold,
    waiting: member.waiting,
    ghost: member.ghost,
    handRaised: member.handRaised,
    talkLevel: member.talkLevel,
    listenLevel: member.listenLevel,
    energyLevel: member.energyLevel,
    talking: speech.talking.has(member.id),
    floor: speech.floor === member.id,
    speaksInVain: speech.inVain(member.id),
    energy: talk.energyOf(member.id),
  };
}
