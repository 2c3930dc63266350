using System.Buffers.Text;
using System.Text.Json;
using Tokenline.Units;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// Normalises the usage object of OpenAI-style vendors to disjoint meters, once, here at the protocol's edge. In OpenAI's meaning prompt
/// tokens include cached ones and completion tokens include reasoning; where a vendor means otherwise, its totals mostly prove it.
/// </summary>
internal static class OpenAIUsageReader
{
    /// <summary>Reads a usage value: an object, or null.</summary>
    public static UsageReading Read(ReadOnlySpan<byte> usage, UsageQuirks quirks = UsageQuirks.None)
    {
        var counts = new Counts();
        try
        {
            var reader = new Utf8JsonReader(usage);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadObject(ref reader, ref counts, isDetails: false);
        }
        catch (JsonException)
        {
            return new UsageReading(default, IsReported: false, "usage is not JSON");
        }
        return counts.HasAny ? Normalise(ref counts, quirks) : new UsageReading(default, IsReported: false, counts.Check);
    }

    private static void ReadObject(ref Utf8JsonReader reader, ref Counts counts, bool isDetails)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Find(ref reader);
            reader.Read();
            switch (member)
            {
                case Member.Details when reader.TokenType == JsonTokenType.StartObject:
                    ReadObject(ref reader, ref counts, isDetails: true);
                    break;
                case Member.Unknown or Member.Details:
                    reader.Skip();
                    break;
                default:
                    if (ReadCount(ref reader, ref counts) is { } count)
                        counts.Add(member, count, isDetails);
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>A count as an integer, a float without a fraction, or a string of digits: all three occur. Null is absent.</summary>
    private static long? ReadCount(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            var text = reader.ValueSpan;
            if (Utf8Parser.TryParse(text, out long count, out var consumed) && consumed == text.Length)
                return Plausible(count, ref counts);
            if (Utf8Parser.TryParse(text, out double number, out consumed) && consumed == text.Length && Math.Abs(number) < 1e15)
            {
                if (number != Math.Floor(number))
                    counts.Check = "a count has a fraction";
                return Plausible((long)Math.Ceiling(number), ref counts);
            }
        }
        counts.Check = "a count is not a number";
        return null;
    }

    private static long Plausible(long count, ref Counts counts)
    {
        if (count < 0)
            counts.Check = "a count is negative"; // nothing is credited
        counts.IsBeyondBelief |= count > UsageReading.CountMax;
        return Math.Clamp(count, 0, UsageReading.CountMax);
    }

    private static UsageReading Normalise(ref Counts c, UsageQuirks quirks)
    {
        if (c.IsBeyondBelief)
            return UsageReading.BeyondBelief;
        var check = c.Check;
        var cached = c.Cached ?? 0;
        var written = Math.Max(c.Written ?? 0, (c.Written5m ?? 0) + (c.Written1h ?? 0));
        var reasoning = c.Reasoning ?? 0;
        var prompt = c.Prompt ?? (c.CacheHit is { } hit && c.CacheMiss is { } miss ? hit + miss : null);
        var completion = c.Completion;

        // 1. A missing part is what the total leaves for it: embeddings send the total alone.
        if (c.Total is { } whole)
        {
            prompt ??= Math.Max(0, whole - (completion ?? 0));
            completion ??= Math.Max(0, whole - prompt.Value);
        }
        var input = prompt ?? 0;
        var output = completion ?? 0;

        // 2. What lies outside the two parts: the total proves it, or the figures allow nothing else, or the vendor's quirk says so.
        var beyond = c.Total is { } total ? total - input - output : 0;
        var outside = cached + written;
        var reasoningOutside =
            quirks.HasFlag(UsageQuirks.ReasoningOutside) || (reasoning > 0 && (beyond == reasoning || beyond == reasoning + outside));
        var isAnthropicShape = c.HasAnthropicNames && c.HasInputName && c.Total is null;
        var excludesCache = quirks.HasFlag(UsageQuirks.PromptExcludesCache) || isAnthropicShape || cached > input || written > input;
        excludesCache |= outside > 0 && !(reasoning > 0 && beyond == reasoning) && (beyond == outside || beyond == reasoning + outside);
        var explained = (reasoningOutside && beyond >= reasoning ? reasoning : 0) + (excludesCache && beyond >= outside ? outside : 0);

        // 3. Disjoint meters.
        if (excludesCache)
        {
            if (outside > 0 && explained < outside && !isAnthropicShape && !quirks.HasFlag(UsageQuirks.PromptExcludesCache))
                check ??= "cached or written tokens are more than the prompt";
        }
        else
        {
            written = Math.Min(written, input - cached); // OpenRouter counts the same tokens as cached and as written
            input -= cached + written;
        }
        if (reasoningOutside)
            output += reasoning;
        if (beyond > explained && c.HasAudioInput)
        {
            input += beyond - explained; // Mistral leaves audio out of the prompt
        }
        else if (beyond > explained)
        {
            // Charged as output, the dearer side, because every vendor seen so far with such a total charges it so.
            output += beyond - explained;
            if (reasoning == 0)
                reasoning = beyond - explained;
            if (!quirks.HasFlag(UsageQuirks.TotalHoldsHiddenOutput))
                check ??= "the total is more than its parts";
        }
        else if (beyond < 0)
        {
            check ??= "the total is less than its parts";
        }
        if (c.OutsideTokens)
            check ??= "the vendor reports searches, which are priced outside tokens";

        var written1h = Math.Min(c.Written1h ?? 0, written);
        var usage = new Usage
        {
            [Meter.Input] = input,
            [Meter.CachedInput] = cached,
            [Meter.CacheWrite1h] = written1h,
            [Meter.CacheWrite5m] = written - written1h, // a total without the split is at the 5-minute price, not at zero
            [Meter.Output] = output,
            [Meter.Reasoning] = Math.Min(reasoning, output), // an estimate of reasoning may exceed the output it is a part of
        };
        return new UsageReading(usage, IsReported: true, check);
    }

    private static Member Find(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return Member.Unknown;
        foreach (var (name, member) in names)
        {
            if (reader.ValueSpan.SequenceEqual(name))
                return member;
        }
        return Member.Unknown;
    }

    private enum Member
    {
        Unknown,
        Details,
        Prompt,
        Input,
        Completion,
        Total,
        Cached,
        AnthropicCached,
        CacheHit,
        CacheMiss,
        Written,
        AnthropicWritten,
        Written5m,
        Written1h,
        Reasoning,
        AudioInput,
        OutsideTokens,
    }

    /// <summary>Every name under which a vendor has been seen to report, the common ones first.</summary>
    private static readonly (byte[] Name, Member Member)[] names =
    [
        ("prompt_tokens"u8.ToArray(), Member.Prompt),
        ("completion_tokens"u8.ToArray(), Member.Completion),
        ("total_tokens"u8.ToArray(), Member.Total),
        ("prompt_tokens_details"u8.ToArray(), Member.Details),
        ("completion_tokens_details"u8.ToArray(), Member.Details),
        ("cached_tokens"u8.ToArray(), Member.Cached), // in the details; top level: Moonshot, Hugging Face
        ("reasoning_tokens"u8.ToArray(), Member.Reasoning),
        ("prompt_cache_hit_tokens"u8.ToArray(), Member.CacheHit), // DeepSeek
        ("prompt_cache_miss_tokens"u8.ToArray(), Member.CacheMiss),
        ("num_cached_tokens"u8.ToArray(), Member.Cached), // Mistral
        ("input_tokens"u8.ToArray(), Member.Input), // responses style, Anthropic names
        ("output_tokens"u8.ToArray(), Member.Completion),
        ("input_tokens_details"u8.ToArray(), Member.Details),
        ("output_tokens_details"u8.ToArray(), Member.Details),
        ("cache_read_input_tokens"u8.ToArray(), Member.AnthropicCached),
        ("cache_creation_input_tokens"u8.ToArray(), Member.AnthropicWritten),
        ("cache_creation"u8.ToArray(), Member.Details),
        ("ephemeral_5m_input_tokens"u8.ToArray(), Member.Written5m),
        ("ephemeral_1h_input_tokens"u8.ToArray(), Member.Written1h),
        ("cache_write_tokens"u8.ToArray(), Member.Written), // OpenRouter
        ("cache_creation_tokens"u8.ToArray(), Member.Written),
        ("cached_creation_tokens"u8.ToArray(), Member.Written),
        ("prompt_audio_seconds"u8.ToArray(), Member.AudioInput), // Mistral
        ("num_search_queries"u8.ToArray(), Member.OutsideTokens), // Perplexity
        ("citation_tokens"u8.ToArray(), Member.OutsideTokens),
        ("num_sources_used"u8.ToArray(), Member.OutsideTokens), // xAI
    ];

    /// <summary>What was found. A count found in two places is one count: the larger, as one of the places may be a constant zero.</summary>
    private struct Counts
    {
        public long? Prompt,
            Completion,
            Total,
            Cached,
            CacheHit,
            CacheMiss,
            Written,
            Written5m,
            Written1h,
            Reasoning;

        public bool HasInputName,
            HasAnthropicNames,
            HasAudioInput,
            OutsideTokens,
            IsBeyondBelief;

        public string? Check;

        public readonly bool HasAny => Prompt is not null || Completion is not null || Total is not null || CacheHit is not null;

        public void Add(Member member, long count, bool isDetails)
        {
            switch (member)
            {
                case Member.Prompt:
                    Larger(ref Prompt, count);
                    break;
                case Member.Input when !isDetails:
                    HasInputName = true;
                    Larger(ref Prompt, count);
                    break;
                case Member.Completion when !isDetails:
                    Larger(ref Completion, count);
                    break;
                case Member.Total:
                    Larger(ref Total, count);
                    break;
                case Member.Cached:
                    Larger(ref Cached, count);
                    break;
                case Member.AnthropicCached:
                    HasAnthropicNames |= !isDetails;
                    Larger(ref Cached, count);
                    break;
                case Member.CacheHit:
                    CacheHit = count;
                    Larger(ref Cached, count);
                    break;
                case Member.CacheMiss:
                    CacheMiss = count;
                    break;
                case Member.AnthropicWritten:
                    HasAnthropicNames |= !isDetails;
                    Larger(ref Written, count);
                    break;
                case Member.Written:
                    Larger(ref Written, count);
                    break;
                case Member.Written5m:
                    Larger(ref Written5m, count);
                    break;
                case Member.Written1h:
                    Larger(ref Written1h, count);
                    break;
                case Member.Reasoning:
                    Larger(ref Reasoning, count);
                    break;
                case Member.AudioInput:
                    HasAudioInput = count > 0;
                    break;
                case Member.OutsideTokens:
                    OutsideTokens |= count > 0;
                    break;
            }
        }

        private static void Larger(ref long? known, long count) => known = Math.Max(known ?? 0, count);
    }
}
