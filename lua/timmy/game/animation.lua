--- Signatures of the functions about animations and voices.
return {
  PlayAnimation = { "pid", "text", "int", "int", "boolean" },
  PlaySpeech = { "pid", "text" },
}
