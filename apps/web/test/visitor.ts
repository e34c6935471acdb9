type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: string | null;
};

/** A browser without script: keeps cookies, reads the forms of the last page, posts them as it would. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  page = '';

  constructor(
    private readonly origin: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get(path: string): Promise<Answer> {
    return this.send(path, { method: 'GET' });
  }

  /** Posts the form with that action, with what the visitor has changed in it. */
  submit(action: string, changes: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const fields = new URLSearchParams(this.fieldsOf(action));
    for (const [name, value] of Object.entries(changes)) fields.set(name, value);
    return this.post(action, fields);
  }

  post(
    path: string,
    fields: URLSearchParams | Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: this.origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: new URLSearchParams(fields as Record<string, string>).toString(),
    });
  }

  fieldsOf(action: string): [string, string][] {
    const forms = [...this.page.matchAll(/<form[^>]*action="([^"]+)".*?<\/form>/gs)];
    const form = forms.find(([, target]) => target === action)?.[0];
    if (!form) throw new Error(`the page has no form for ${action}`);
    const hidden = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(
      ([input]): [string, string] => [
        /name="([^"]*)"/.exec(input)?.[1] ?? '',
        /value="([^"]*)"/.exec(input)?.[1] ?? '',
      ],
    );
    const selects = [...form.matchAll(/<select[^>]*name="([^"]*)".*?<\/select>/gs)].map(
      ([select, name = '']): [string, string] => {
        const first = /<option(?: value="([^"]*)")?[^>]*>([^<]*)/.exec(select);
        return [name, first?.[1] ?? first?.[2] ?? ''];
      },
    );
    return [...hidden, ...selects];
  }

  private async send(path: string, init: RequestInit): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.origin + path, {
      ...init,
      redirect: 'manual',
      headers: { ...this.headers, ...(cookie && { cookie }), ...(init.headers as object) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /Max-Age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const html = await response.text();
    if (response.headers.get('content-type')?.includes('html')) this.page = html;
    const { status, headers } = response;
    return { status, headers, html, location: headers.get('location') };
  }
}
