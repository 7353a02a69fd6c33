--- What the functions about animations and voices take.
return {
  PlayAnimation = { "pid", "text", "int", "int", "boolean" },
  PlaySpeech = { "pid", "text" },
}
