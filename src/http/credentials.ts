// Who may use the APIs, as the web server asks for it; kept and answered elsewhere. An API whose credentials are absent
// does not exist at all.

export interface Credentials {
  /** Id of the box's one account, 32 hexadecimal digits: part of every Kazoo URL. */
  accountId(): Promise<string>;
  /** The name that a login with user and password has to give. */
  accountName(): Promise<string>;
  /** The API key with this text; undefined = there is none. Compared in constant time. */
  findApiKey(key: string): Promise<{ readonly id: string; readonly kind: string } | undefined>;
  /**
   * The admin for whom this is the hash of `user:password`, the user in lower case.
   * @param hash hexadecimal digits, lower case
   */
  checkCredentialsHash(
    hash: string,
    method: 'md5' | 'sha1',
  ): Promise<{ readonly adminId: string } | undefined>;
  /** Whether who logged in then is still welcome: the key holds, or the admin is there and has the same password. */
  stillValid(session: Login): Promise<boolean>;
  /** Who they are in the record of changes; '' = nobody who is known. */
  authorOf(session: Pick<Login, 'owner' | 'kind'>): Promise<string>;
}

export interface Login {
  /** Id of the admin or of the API key. */
  readonly owner: string;
  /** 'admin', or the kind of the API key. */
  readonly kind: string;
  /** When the login began, unix ms. */
  readonly since: number;
}
