// A few names for emoji, typed between colons. Everything else can be typed as itself.

export const EMOJI = {
  bench: "🪑", bike: "🚲", bread: "🍞", cake: "🍰", clap: "👏", coffee: "☕", dog: "🐕", drum: "🥁", eyes: "👀",
  fire: "🔥", hammer: "🔨", heart: "❤️", hug: "🤗", joy: "😂", leaf: "🍃", muscle: "💪", ok: "👌", party: "🥳",
  pray: "🙏", raised_hands: "🙌", rocket: "🚀", saw: "🪚", smile: "😄", sparkles: "✨", star: "⭐", sun: "☀️",
  tada: "🎉", thanks: "🙏", thinking: "🤔", thumbsup: "👍", tree: "🌳", wave: "👋", wood: "🪵",
};
