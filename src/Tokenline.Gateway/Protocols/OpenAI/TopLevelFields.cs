using System.Text;

namespace Tokenline.Gateway.Protocols.OpenAI;

internal enum TopLevelField
{
    /// <summary>Passed on untouched; a vendor's template might print it, so its bytes are part of the prompt's bound.</summary>
    Unknown,

    /// <summary>Passed on untouched, and known never to be part of the prompt.</summary>
    NotPrompt,
    Model,
    Messages,
    Stream,
    StreamOptions,
    MaxTokens,
    MaxCompletionTokens,
    Choices,
    Tools,
    Functions,
    ReasoningEffort,
    Metadata,
    ExtraBody,
    Priced,
}

/// <summary>Finds a top-level member by its folded name: a bucket per length, so that a lookup is one or two comparisons and no hashing.</summary>
internal static class TopLevelFields
{
    private static readonly Entry[][] byLength = Build();

    public static TopLevelField Find(ReadOnlySpan<byte> folded, out PriceChangingField? priced)
    {
        priced = null;
        if (folded.Length >= byLength.Length)
            return TopLevelField.Unknown;
        foreach (var entry in byLength[folded.Length])
        {
            if (!folded.SequenceEqual(entry.Name))
                continue;
            priced = entry.Priced;
            return entry.Field;
        }
        return TopLevelField.Unknown;
    }

    private static Entry[][] Build()
    {
        List<Entry> entries =
        [
            new("model", TopLevelField.Model),
            new("messages", TopLevelField.Messages),
            new("stream", TopLevelField.Stream),
            new("stream_options", TopLevelField.StreamOptions),
            new("max_tokens", TopLevelField.MaxTokens),
            new("max_completion_tokens", TopLevelField.MaxCompletionTokens),
            new("n", TopLevelField.Choices),
            new("tools", TopLevelField.Tools),
            new("functions", TopLevelField.Functions),
            new("reasoning_effort", TopLevelField.ReasoningEffort),
            new("metadata", TopLevelField.Metadata),
            new("extra_body", TopLevelField.ExtraBody),
        ];
        foreach (var name in (string[])["user", "stop", "logit_bias", "safety_identifier", "prompt_cache_key", "verbosity"])
            entries.Add(new Entry(name, TopLevelField.NotPrompt));
        foreach (var row in PriceChangingFields.Members)
            entries.Add(new Entry(row.Name, TopLevelField.Priced, row));
        var table = new Entry[entries.Max(e => e.Name.Length) + 1][];
        for (var length = 0; length < table.Length; length++)
            table[length] = [.. entries.Where(e => e.Name.Length == length)];
        return table;
    }

    private sealed class Entry(string name, TopLevelField kind, PriceChangingField? priced = null)
    {
        public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

        public TopLevelField Field => kind;

        public PriceChangingField? Priced => priced;
    }
}
