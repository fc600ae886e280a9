type From = Readonly<Partial<Record<'NextToken' | 'Marker', string>>>;

/** All items of a listing that comes in pages; services call the next page `NextToken` or `NextMarker`. */
export async function allPages<
  Page extends { readonly NextToken?: string | undefined; readonly NextMarker?: string | undefined },
  Item,
>(ask: (from: From) => Promise<Page>, itemsOf: (page: Page) => readonly Item[] | undefined): Promise<Item[]> {
  const items: Item[] = [];
  let from: From = {};
  for (;;) {
    const page = await ask(from);
    items.push(...(itemsOf(page) ?? []));
    if (page.NextToken) from = { NextToken: page.NextToken };
    else if (page.NextMarker) from = { Marker: page.NextMarker };
    else return items;
  }
}
