import { Lexer, type TokenType, createToken } from 'chevrotain';

/*
 * Each list of the grammar names, as a category, the tokens that cannot stand in it but do not end it either:
 * the grammar takes them as what they are, strays, reports them once and goes on with the next word.
 */
function category(name: string): TokenType {
  return createToken({ name, pattern: Lexer.NA });
}

export const StrayInDocument = category('StrayInDocument');
export const StrayInFeatures = category('StrayInFeatures');
export const StrayInTexts = category('StrayInTexts');
export const StrayInConfigure = category('StrayInConfigure');
export const StrayInResource = category('StrayInResource');
export const StrayInContextualize = category('StrayInContextualize');

const everywhere = [
  StrayInDocument,
  StrayInFeatures,
  StrayInTexts,
  StrayInConfigure,
  StrayInResource,
  StrayInContextualize,
];

function token(name: string, label: string, notStrayIn: readonly TokenType[] = []): TokenType {
  const categories = everywhere.filter((list) => !notStrayIn.includes(list));
  return createToken({ name, label, pattern: Lexer.NA, categories });
}

/** A word that starts a section is a stray nowhere: it ends whatever came before it. */
function sectionWord(word: string): TokenType {
  return createToken({ name: word, label: `\`${word}\``, pattern: Lexer.NA });
}

export const Network = sectionWord('network');
export const Ansible = sectionWord('ansible');
export const System = sectionWord('system');
export const Configure = sectionWord('configure');
export const Deploy = sectionWord('deploy');
export const Contextualize = sectionWord('contextualize');
export const Description = sectionWord('description');

/** Words of sections that are not IM's: no keywords, so that they stay free as ids and keys (section-ahead.ts). */
export const Service = sectionWord('service');
export const Input = sectionWord('input');
export const Output = sectionWord('output');

export const And = token('and', '`and`', [StrayInFeatures, StrayInTexts]);
export const Soft = token('soft', '`soft`', [StrayInFeatures]);
export const Contains = token('contains', '`contains`');
export const Option = token('option', '`option`', [StrayInContextualize]);
export const Step = token('step', '`step`');
export const With = token('with', '`with`');

export const Name = token('name', 'a name', [StrayInFeatures, StrayInConfigure, StrayInResource]);
export const NumberToken = token('number', 'a number');
export const Text = token('text', 'a text in quotes', [StrayInTexts]);
export const ComparisonToken = token('comparison', 'an operator (=, <, <=, >, >=)');
export const Recipe = token('recipe', 'a recipe (@begin ... @end)', [StrayInConfigure]);
export const Comma = token('comma', '`,`', [StrayInFeatures, StrayInTexts, StrayInResource]);
export const LeftParen = token('leftParen', '`(`');
export const RightParen = token('rightParen', '`)`', everywhere.slice(1));
export const LeftBracket = token('leftBracket', '`[`');
export const RightBracket = token('rightBracket', '`]`', [StrayInTexts]);
export const LeftBrace = token('leftBrace', '`{`');
export const RightBrace = token('rightBrace', '`}`', [StrayInResource]);
export const Colon = token('colon', '`:`');
export const Arrow = token('arrow', '`=>`');

const reservedSectionWords = [Network, Ansible, System, Configure, Deploy, Contextualize, Description];

export const addedSectionWords: ReadonlyMap<string, TokenType> = new Map(
  [Service, Input, Output].map((type) => [type.name, type]),
);

export const sectionWords: readonly TokenType[] = [...reservedSectionWords, ...addedSectionWords.values()];

/** Reserved everywhere, in lower case only. */
export const keywords: ReadonlyMap<string, TokenType> = new Map(
  [...reservedSectionWords, And, Soft, Contains, Option, Step, With].map((type) => [type.name, type]),
);

/** Every word that may be more than a name. */
export const knownWords: ReadonlyMap<string, TokenType> = new Map([...keywords, ...addedSectionWords]);

export const allTokens: readonly TokenType[] = [
  ...everywhere,
  ...keywords.values(),
  ...addedSectionWords.values(),
  Name,
  NumberToken,
  Text,
  ComparisonToken,
  Recipe,
  Comma,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Colon,
  Arrow,
];
