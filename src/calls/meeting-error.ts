// What can be wrong with what a program asks of a meeting. The sentences are for whoever wrote the program, who knows a
// meeting as a conference.
import { CallNotFree } from './entry.js';

export type MeetingFault =
  | 'no-meeting'
  | 'no-member'
  | 'no-call'
  | 'call-not-active'
  | 'call-in-conference'
  | 'call-of-other-conference'
  | 'not-made-here'
  | 'over'
  | 'full'
  | 'too-many'
  | 'too-many-sounds'
  | 'sound-not-fetched'
  | 'sound-unreadable';

export class MeetingError extends Error {
  readonly why: MeetingFault;

  constructor(why: MeetingFault, sentence: string) {
    super(sentence);
    this.name = 'MeetingError';
    this.why = why;
  }
}

/** The fault that a call is not free for the meeting; any other error as it is. */
export function callFaultOf(error: unknown, callId: string): unknown {
  if (!(error instanceof CallNotFree)) return error;
  switch (error.why) {
    case 'not-active':
      return new MeetingError('call-not-active', `call ${callId} is not active`);
    case 'in-conference':
      return new MeetingError('call-in-conference', `call ${callId} is in a conference already`);
    case 'other-conference':
      return new MeetingError('call-of-other-conference', `call ${callId} was made for another conference`);
  }
}

export function noMeeting(id: string): MeetingError {
  return new MeetingError('no-meeting', `there is no conference ${id}`);
}

export function over(): MeetingError {
  return new MeetingError('over', 'the conference is completed');
}
