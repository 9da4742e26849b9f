// One request to the web page, and what a page answers.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionAdmin } from '../../store/index.js';
import { attribute, html, type Content, type Html } from './html.js';
import type { Format, Language, Texts } from './texts/index.js';

export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Who is logged in; undefined only on pages that are open to all. */
  readonly admin: SessionAdmin | undefined;
  /** The token of the session; '' without one. */
  readonly session: string;
  readonly boxName: string;
  readonly language: Language;
  readonly texts: Texts;
  readonly format: Format;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was posted; empty for an upload. */
  readonly form: URLSearchParams;
  /** Has to be in every form that is posted. */
  readonly formToken: string;
  /** By HTTPS. */
  readonly secure: boolean;
}

/** A page for who is logged in. */
export type AdminVisit = Visit & { readonly admin: SessionAdmin };

export interface Page {
  readonly title: string;
  readonly body: Content;
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which entry of the main menu this belongs to. */
  readonly nav?: 'conferences' | 'calls' | 'box';
}

export type Answer =
  | Page
  /** See Other; a path of the box. */
  | { readonly redirect: string }
  /** Something that is no page: a file, a picture, a fragment. */
  | {
      readonly content: string | Buffer | NodeJS.ReadableStream;
      readonly headers: Record<string, string>;
      /** 200 when absent. */
      readonly status?: number;
    }
  /** The handler has taken the reply over. */
  | 'taken';

/** A posted form with the token that proves it comes from a page of ours. */
export function postForm(
  visit: Pick<Visit, 'formToken'>,
  action: string,
  content: Content,
  options: { readonly class?: string; readonly upload?: boolean } = {},
): Html {
  return html`<form
    method="post"
    action="${action}"${attribute('class', options.class)}${attribute('enctype', options.upload ? 'multipart/form-data' : undefined)}
  ><input type="hidden" name="csrf" value="${visit.formToken}">${content}</form>`;
}
