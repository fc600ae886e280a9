import { ec2Credentials } from '../credentials.ts';
import type { Ec2Credentials } from '../credentials.ts';

/** The query API of IAM, as far as tests need it; moto wants to know only for which service a request is signed. */
async function callIam(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const scope = 'AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request';
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Version: '2010-05-08', ...parameters }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`IAM at moto answers ${answer.status}: ${text.slice(0, 300)}`);
  return text;
}

/** Credentials of a new user who may do exactly these actions. */
export async function makeUser(
  endpoint: string,
  name: string,
  actions: readonly string[],
): Promise<Ec2Credentials> {
  const UserName = name;
  await callIam(endpoint, { Action: 'CreateUser', UserName });
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  };
  const policy = { PolicyName: 'test', PolicyDocument: JSON.stringify(document) };
  await callIam(endpoint, { Action: 'PutUserPolicy', UserName, ...policy });
  const key = await callIam(endpoint, { Action: 'CreateAccessKey', UserName });
  const field = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(key)?.[1];
  return ec2Credentials.parse({
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    region: 'eu-west-1',
    guests: 'simulated',
  });
}

/** From now on moto checks signatures and rights, as Amazon does. */
export async function enforceRights(endpoint: string): Promise<void> {
  await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
}
