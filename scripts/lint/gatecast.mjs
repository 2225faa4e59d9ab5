/**
 * The project's own lint rules: who may import whom, and where the clock may be read.
 * The linter's built-in import rules match the text of a specifier; these resolve it, and see dynamic imports,
 * re-exports and worker addresses as well.
 */
import { dirname, posix, relative, resolve, sep } from 'node:path';
import { areaOf, forbidden } from './boundaries.mjs';

/** @typedef {{ type: string, [key: string]: any }} Node a node of the syntax tree */
/** @typedef {{ filename: string, cwd: string, report(problem: { node: Node, message: string }): void }} Context */

/** Path of the file from the project's root, with forward slashes. @param {Context} context */
function pathInProject(context) {
  return relative(context.cwd, context.filename).split(sep).join(posix.sep);
}

/**
 * What an import leads to: a path from the project's root for relative ones, else a package's name.
 * @param {Context} context @param {string} specifier
 */
function targetOf(context, specifier) {
  const plain = specifier.replace(/[?#].*$/, '');
  if (!plain.startsWith('.')) return { package: plain };
  const path = relative(context.cwd, resolve(dirname(context.filename), plain));
  return { path: path.split(sep).join(posix.sep) };
}

/** @param {Node | null | undefined} node */
function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return null;
}

/** @param {Node} node */
function isImportMetaUrl(node) {
  return node?.type === 'MemberExpression' && node.object.type === 'MetaProperty' && node.property.name === 'url';
}

/** @param {Node} node */
function bringsTypesOnly(node) {
  return node.importKind === 'type' || node.exportKind === 'type';
}

const boundaries = {
  /** @param {Context} context */
  create(context) {
    const from = pathInProject(context);
    if (!areaOf(from)) return {};
    /** @param {Node} node @param {Node | null | undefined} source @param {boolean} typesOnly */
    const check = (node, source, typesOnly) => {
      const specifier = textOf(source);
      if (specifier === null) return;
      const reason = forbidden(from, targetOf(context, specifier), typesOnly);
      if (reason) context.report({ node, message: `${from} may not import "${specifier}": ${reason}` });
    };
    return {
      /** @param {Node} node */
      ImportDeclaration: (node) => check(node, node.source, bringsTypesOnly(node)),
      /** @param {Node} node */
      ExportNamedDeclaration: (node) => check(node, node.source, bringsTypesOnly(node)),
      /** @param {Node} node */
      ExportAllDeclaration: (node) => check(node, node.source, bringsTypesOnly(node)),
      /** @param {Node} node */
      ImportExpression: (node) => check(node, node.source, false),
      /** @param {Node} node */
      TSImportType: (node) => check(node, node.source ?? node.argument, true),
      /** @param {Node} node */
      NewExpression(node) {
        if (node.callee.name === 'URL' && isImportMetaUrl(node.arguments[1])) check(node, node.arguments[0], false);
      },
    };
  },
};

const clock = {
  /** @param {Context} context */
  create(context) {
    /** @param {Node} node */
    const report = (node) => context.report({
      node,
      message: 'results do not depend on the time of day: take it from src/app/clock.ts, and performance.now() for elapsed time',
    });
    return {
      /** @param {Node} node */
      MemberExpression(node) {
        const name = node.computed ? textOf(node.property) : node.property.name;
        if (node.object.name === 'Date' && name === 'now') report(node);
        if (node.object.name === 'performance' && name === 'timeOrigin') report(node);
      },
      /** @param {Node} node */
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node);
      },
      /** @param {Node} node */
      CallExpression(node) {
        if (node.callee.name === 'Date') report(node);
      },
    };
  },
};

export default { meta: { name: 'gatecast' }, rules: { boundaries, clock } };
