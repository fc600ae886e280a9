import { type Account, rememberedIfTold } from './account.ts';

/** US dollars an hour. */
export interface TypePrices {
  readonly perHour?: number;
  readonly spotPerHour?: number;
}

const listRememberedMs = 24 * 3_600_000;
const spotRememberedMs = 3_600_000;
/** A region has some hundred types; the price list gives a hundred products a page. */
const maxPages = 30;
const spotPages = 10;

/**
 * What Linux on shared hardware costs in the region: the price list of AWS for on demand, the history for spot (the
 * cheapest zone). Where either is not allowed or not answered, prices are not known, and that is no failure: nobody is
 * kept from a VM for it.
 */
export async function pricesOf(
  account: Account,
  names: readonly string[],
): Promise<ReadonlyMap<string, TypePrices>> {
  const { region } = account.site.credentials;
  const unknown: Prices = new Map();
  const [onDemand, spot] = await Promise.all([
    rememberedIfTold(account.site, { key: `prices ${region}`, forMs: listRememberedMs, unknown }, () =>
      askPriceList(account),
    ),
    rememberedIfTold(account.site, { key: `spot prices ${region}`, forMs: spotRememberedMs, unknown }, () =>
      askSpotPrices(account),
    ),
  ]);
  return new Map(
    names.flatMap((name) => {
      const perHour = onDemand.get(name);
      const spotPerHour = spot.get(name);
      if (perHour === undefined && spotPerHour === undefined) return [];
      const known = perHour === undefined ? {} : { perHour };
      return [[name, { ...known, ...(spotPerHour === undefined ? {} : { spotPerHour }) }] as const];
    }),
  );
}

type Prices = ReadonlyMap<string, number>;

const matching = (Field: string, Value: string) => ({ Type: 'TERM_MATCH' as const, Field, Value });

async function askPriceList({ site }: Account): Promise<Prices> {
  const pricing = await site.clients.pricing();
  const Filters = [
    matching('regionCode', site.credentials.region),
    matching('operatingSystem', 'Linux'),
    matching('tenancy', 'Shared'),
    matching('preInstalledSw', 'NA'),
    matching('capacitystatus', 'Used'),
  ];
  const prices = new Map<string, number>();
  let NextToken: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await pricing.getProducts({
      ServiceCode: 'AmazonEC2',
      FormatVersion: 'aws_v1',
      Filters,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const product of answer.PriceList ?? []) {
      // The SDK wraps the text in an object of its own.
      const found = priceOfProduct(String(product));
      if (found !== undefined) prices.set(found.name, found.perHour);
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') break;
  }
  return prices;
}

/**
 * One product of the price list, JSON in a string: `terms.OnDemand.<offer>.priceDimensions.<rate>.pricePerUnit.USD`.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 */
export function priceOfProduct(
  text: string,
): { readonly name: string; readonly perHour: number } | undefined {
  const product = parsed(text);
  const name = at(product, 'product', 'attributes', 'instanceType');
  for (const offer of valuesOf(at(product, 'terms', 'OnDemand'))) {
    for (const dimension of valuesOf(at(offer, 'priceDimensions'))) {
      const perHour = Number(at(dimension, 'pricePerUnit', 'USD'));
      const isHourly = at(dimension, 'unit') === 'Hrs' && perHour > 0;
      if (isHourly && typeof name === 'string') return { name, perHour };
    }
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A product that is no JSON has no price for us; the others have.
    return undefined;
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

const valuesOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

/** What spare capacity costs now; Amazon tells each type and zone once for an instant. */
async function askSpotPrices({ ec2, site }: Account): Promise<Prices> {
  const now = site.clock.now();
  const prices = new Map<string, number>();
  let NextToken: string | undefined;
  for (let page = 0; page < spotPages; page += 1) {
    const answer = await ec2.describeSpotPriceHistory({
      StartTime: now,
      EndTime: now,
      ProductDescriptions: ['Linux/UNIX'],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const { InstanceType: name = '', SpotPrice } of answer.SpotPriceHistory ?? []) {
      const price = Number(SpotPrice);
      if (price > 0) prices.set(name, Math.min(price, prices.get(name) ?? price));
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') break;
  }
  return prices;
}
