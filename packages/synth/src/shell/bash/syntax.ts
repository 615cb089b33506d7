import type { CommandNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash'

// The parser's package exports the outer node types by name; the others are parts of those.

/** A command by its kind. */
export type CommandOf<Type extends CommandNode['type']> = Extract<CommandNode, { type: Type }>
export type FunctionNode = CommandOf<'FunctionDef'>
export type CompoundNode = Exclude<CommandNode, SimpleCommandNode | FunctionNode>
export type RedirectionNode = SimpleCommandNode['redirections'][number]
export type AssignmentNode = SimpleCommandNode['assignments'][number]
export type WordPart = WordNode['parts'][number]
export type ParameterPart = Extract<WordPart, { type: 'ParameterExpansion' }>
export type ParameterOperation = NonNullable<ParameterPart['operation']>
export type BracePart = Extract<WordPart, { type: 'BraceExpansion' }>
export type ConditionalExpression = CommandOf<'ConditionalCommand'>['expression']
export type ArithmeticNode = CommandOf<'ArithmeticCommand'>['expression']
export type Statements = readonly StatementNode[]
