// What an ingress or a room needs of the engine; an interface, so that the three files do not import each other.
import type { Log } from '../log.js';
import type { NgClient } from './ng-client.js';
import type { PortLayout, SlotPool } from './slots.js';
import type { TalkDetector } from './talk-detector.js';

export interface EngineLink {
  readonly ng: NgClient;
  readonly log: Log;
  readonly layout: PortLayout;
  readonly slots: SlotPool;
  readonly talk: TalkDetector;
  /** IPv4 address that phones send to. */
  readonly address: string;
  /** rtpengine answers, as far as is known. */
  readonly up: boolean;
  /** Goes up by one whenever rtpengine lost everything; what was carried out in an older epoch is gone. */
  readonly epoch: number;
  /** rtpengine's call-id for an ingress. */
  ingressId(callId: string): string;
  /** One for a room call; never the same twice, so that a room reopened at once is not mixed up with its last call. */
  nextRoomCallId(roomId: string): string;
  /**
   * Resolves when rtpengine answers, and its epoch is known.
   * @throws EngineDownError when that takes too long
   */
  whenUp(): Promise<void>;
  /** A command failed in a way that a restart would explain: have a look now. */
  suspect(error: unknown): void;
  /**
   * Deletes an rtpengine call, now or when it answers again; `gone` is called once nothing of it is left.
   * Resolves after the first try and never throws.
   */
  bury(rtpengineId: string, gone?: () => void): Promise<void>;
  /** The object is released and takes no part in rebuilds any more. */
  forget(thing: object): void;
}

/** A phone's leg in a room, as far as its ingress has to know it. */
export interface Patch {
  /** rtpengine's call-id of the room. */
  readonly callId: string;
  readonly tag: string;
  /** The loop that sounds for this phone alone are played into; absent = its leg itself. */
  readonly soundsTag?: string | undefined;
  /** Where the room listens for this phone, on loopback. */
  readonly port: number;
  /** In which that port was opened. */
  readonly epoch: number;
}

/** A copy of what a phone says, for whoever listens to it. */
export interface Tap {
  /** Where it is to be sent, on loopback. */
  readonly port: number;
  /** Told the loopback port that it comes from, again when that changes. */
  readonly from: (port: number) => void;
}
