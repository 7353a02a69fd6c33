// The rules for the dashboard's modules: mistakes, and bounds on the size of files and functions.

export default [
  {
    files: ["timmy_actors/serving/http/static/*.js", "tests/serving/*.mjs"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      eqeqeq: "error",
      "getter-return": "error",
      "max-depth": ["error", 3],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 45],
      "no-const-assign": "error",
      "no-dupe-args": "error",
      "no-dupe-keys": "error",
      "no-fallthrough": "error",
      "no-implied-eval": "error",
      "no-eval": "error",
      "no-new-func": "error",
      "no-promise-executor-return": "error",
      "no-self-assign": "error",
      "no-shadow": "error",
      "no-unreachable": "error",
      "no-unused-vars": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-assignment": "error",
      "no-var": "error",
      "prefer-const": "error",
      "require-await": "error",
      "valid-typeof": "error",
    },
  },
];
