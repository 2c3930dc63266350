using System.Buffers;
using System.Text;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Sse;
using Tokenline.Units;

namespace Tokenline.Gateway.Tests.OpenAI;

/// <summary>One test per way in which OpenAI-style vendors have been recorded to report usage, at random byte splits; the comment is the finding.</summary>
public sealed class UsageInTheWildTests
{
    // "In the last chunk with choices: [] (documented)"
    [Fact]
    public void Usage_in_a_last_chunk_without_choices()
    {
        var (meter, payloads) = Stream(
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}",
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}"
        );
        Assert.False(payloads[0].Has(AnswerPayloadKinds.Usage));
        Assert.True(payloads[1].Has(AnswerPayloadKinds.UsageOnly));
        Assert.Equal(Usage.Of(9, 3), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "in a chunk **with** choices (OpenRouter, DeepSeek, Mistral, z.ai and others)"
    [Fact]
    public void Usage_in_a_chunk_with_choices_is_not_a_chunk_to_strip()
    {
        var (meter, payloads) = Stream(
            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}"
        );
        Assert.Equal(AnswerPayloadKinds.Answer | AnswerPayloadKinds.Finish | AnswerPayloadKinds.Usage, payloads[0].Kinds);
        Assert.Equal(Usage.Of(9, 3), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "in **every** chunk, growing (Perplexity, Gemini)"
    [Fact]
    public void Growing_usage_counts_once_by_its_last_value()
    {
        var (meter, _) = Stream([
            .. Enumerable
                .Range(1, 5)
                .Select(i =>
                    $"{{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"x\"}}}}],\"usage\":{{\"prompt_tokens\":9,\"completion_tokens\":{i},\"total_tokens\":{9 + i}}}}}"
                ),
        ]);
        Assert.Equal(Usage.Of(9, 5), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "or repeated (Groq, the same object twice): the last one counts, once"
    [Fact]
    public void Usage_twice_in_one_chunk_counts_once()
    {
        const string usage = "{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}";
        var (meter, payloads) = Stream("{\"x_groq\":{\"usage\":" + usage + "},\"choices\":[],\"usage\":" + usage + "}");
        Assert.False(payloads[0].UsageValue.IsEmpty);
        Assert.Equal(Usage.Of(9, 3), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "usage: null on all other chunks" … "not asked and not sent; asked and the stream was cut before it"
    [Fact]
    public void No_usage_is_not_zero_usage()
    {
        var (meter, payloads) = Stream(
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}",
            "{\"choices\":[],\"usage\":{}}"
        );
        Assert.DoesNotContain(payloads, p => p.Has(AnswerPayloadKinds.Usage));
        Assert.False(meter.Facts.ReadUsage(UsageQuirks.None).IsReported);
    }

    // "x_groq.usage, sometimes the only copy"
    [Fact]
    public void Usage_only_under_x_groq()
    {
        var (meter, payloads) = Stream(
            "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}}"
        );
        Assert.True(payloads[0].Has(AnswerPayloadKinds.Usage));
        Assert.Equal(Usage.Of(9, 3), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // Moonshot: in the last choice of a stream.
    [Fact]
    public void Usage_inside_a_choice()
    {
        var (meter, _) = Stream(
            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12,\"cached_tokens\":4}}]}"
        );
        Assert.Equal(Usage.Of(5, 3, cachedInput: 4), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "Cached input in prompt_tokens_details.cached_tokens"
    [Fact]
    [Trait("WhatOthersGotWrong", "29")]
    public void Cached_input_in_the_details() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"prompt_tokens_details\":{\"cached_tokens\":64,\"audio_tokens\":0}}",
            Usage.Of(36, 7, 64)
        );

    // "prompt_cache_hit_tokens (DeepSeek)"
    [Fact]
    [Trait("WhatOthersGotWrong", "32")]
    public void Cached_input_as_cache_hits() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"prompt_tokens_details\":{\"cached_tokens\":64},\"prompt_cache_hit_tokens\":64,\"prompt_cache_miss_tokens\":36}",
            Usage.Of(36, 7, 64)
        );

    // "top-level cached_tokens (Moonshot, Hugging Face)"
    [Fact]
    [Trait("WhatOthersGotWrong", "32")]
    public void Cached_input_at_the_top_level() =>
        AssertReads("{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"cached_tokens\":64}", Usage.Of(36, 7, 64));

    // "num_cached_tokens (Mistral)"
    [Fact]
    [Trait("WhatOthersGotWrong", "32")]
    public void Cached_input_as_a_number_of_cached_tokens() =>
        AssertReads("{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"num_cached_tokens\":64}", Usage.Of(36, 7, 64));

    // "Anthropic field names on OpenAI-style vendors. Cache writes also occur in OpenAI shape."
    [Fact]
    [Trait("WhatOthersGotWrong", "32")]
    public void Anthropic_names_inside_an_OpenAI_prompt() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"cache_read_input_tokens\":60,\"cache_creation_input_tokens\":30}",
            new Usage
            {
                [Meter.Input] = 10,
                [Meter.CachedInput] = 60,
                [Meter.CacheWrite5m] = 30,
                [Meter.Output] = 7,
            }
        );

    [Fact]
    public void Anthropic_names_outside_the_prompt_as_the_total_proves() =>
        AssertReads(
            "{\"prompt_tokens\":10,\"completion_tokens\":7,\"total_tokens\":107,\"cache_read_input_tokens\":60,\"cache_creation_input_tokens\":30}",
            new Usage
            {
                [Meter.Input] = 10,
                [Meter.CachedInput] = 60,
                [Meter.CacheWrite5m] = 30,
                [Meter.Output] = 7,
            }
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "29")]
    public void Anthropics_own_shape_excludes_the_caches() =>
        AssertReads(
            "{\"input_tokens\":100,\"output_tokens\":7,\"cache_read_input_tokens\":60,\"cache_creation_input_tokens\":30,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":20}}",
            new Usage
            {
                [Meter.Input] = 100,
                [Meter.CachedInput] = 60,
                [Meter.CacheWrite5m] = 10,
                [Meter.CacheWrite1h] = 20,
                [Meter.Output] = 7,
            }
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "30")]
    public void Cache_writes_in_the_details_with_a_split() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"prompt_tokens_details\":{\"cached_tokens\":0,\"cache_creation_input_tokens\":50,\"cache_creation\":{\"ephemeral_5m_input_tokens\":20,\"ephemeral_1h_input_tokens\":30}}}",
            new Usage
            {
                [Meter.Input] = 50,
                [Meter.CacheWrite5m] = 20,
                [Meter.CacheWrite1h] = 30,
                [Meter.Output] = 7,
            }
        );

    // "the restated cache writes may no longer match the 5 m / 1 h split; a total without the split occurs"
    [Fact]
    [Trait("WhatOthersGotWrong", "30")]
    public void Writes_beyond_the_split_are_at_the_5_minute_price() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"cache_creation_input_tokens\":50,\"cache_creation\":{\"ephemeral_1h_input_tokens\":30}}",
            new Usage
            {
                [Meter.Input] = 50,
                [Meter.CacheWrite5m] = 20,
                [Meter.CacheWrite1h] = 30,
                [Meter.Output] = 7,
            }
        );

    // "Embeddings with total_tokens only"
    [Fact]
    public void A_total_alone_is_input() => AssertReads("{\"total_tokens\":12}", Usage.Of(12, 0));

    [Fact]
    public void Embeddings_with_a_prompt_have_no_output() => AssertReads("{\"prompt_tokens\":12,\"total_tokens\":12}", Usage.Of(12, 0));

    [Fact]
    public void A_missing_output_is_what_the_total_leaves() =>
        AssertReads("{\"prompt_tokens\":12,\"completion_tokens\":null,\"total_tokens\":15}", Usage.Of(12, 3));

    // Documented: reasoning is a part of completion tokens.
    [Fact]
    [Trait("WhatOthersGotWrong", "34")]
    public void Reasoning_inside_output_is_not_added_again() =>
        AssertReads(
            "{\"prompt_tokens\":10,\"completion_tokens\":50,\"total_tokens\":60,\"completion_tokens_details\":{\"reasoning_tokens\":40}}",
            Usage.Of(10, 50, reasoning: 40)
        );

    // "Reasoning **outside** completion tokens: xAI chat"
    [Fact]
    [Trait("WhatOthersGotWrong", "34")]
    public void Reasoning_outside_completion_tokens_as_the_total_proves() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":407,\"prompt_tokens_details\":{\"cached_tokens\":64},\"completion_tokens_details\":{\"reasoning_tokens\":300},\"num_sources_used\":0}",
            Usage.Of(36, 307, cachedInput: 64, reasoning: 300)
        );

    // "some gateways leave it out of the total too, yet charge it"
    [Fact]
    public void Reasoning_outside_the_total_too_is_charged_where_the_vendor_is_known_for_it()
    {
        const string usage = "{\"prompt_tokens\":33,\"completion_tokens\":70,\"total_tokens\":103,\"reasoning_tokens\":900}";
        AssertReads(usage, Usage.Of(33, 970, reasoning: 900), quirks: UsageQuirks.ReasoningOutside);
        AssertReads(usage, Usage.Of(33, 70, reasoning: 70));
    }

    // "Gemini's OpenAI-style endpoint: the total exceeds the sum, with no reasoning field: the difference is charged"
    [Fact]
    public void A_total_above_the_sum_is_hidden_output()
    {
        const string usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":115}";
        AssertReads(usage, Usage.Of(10, 105, reasoning: 100), quirks: UsageQuirks.TotalHoldsHiddenOutput);
        AssertReads(usage, Usage.Of(10, 105, reasoning: 100), check: "the total is more than its parts");
    }

    // "Reasoning reported above output as an estimate: never subtract below zero"
    [Fact]
    public void An_estimate_of_reasoning_above_output_is_held_to_the_output() =>
        AssertReads(
            "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,\"completion_tokens_details\":{\"reasoning_tokens\":8}}",
            Usage.Of(10, 5, reasoning: 5)
        );

    // "Cached above prompt (Azure-hosted Grok): there, prompt excludes cache"
    [Fact]
    public void Cached_above_prompt_means_that_prompt_excludes_it()
    {
        const string usage =
            "{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17,\"prompt_tokens_details\":{\"cached_tokens\":160}}";
        AssertReads(usage, Usage.Of(12, 5, cachedInput: 160), check: "cached or written tokens are more than the prompt");
        AssertReads(usage, Usage.Of(12, 5, cachedInput: 160), quirks: UsageQuirks.PromptExcludesCache);
    }

    [Fact]
    public void Cache_and_reasoning_both_outside_as_the_total_proves() =>
        AssertReads(
            "{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":217,\"prompt_tokens_details\":{\"cached_tokens\":160},\"completion_tokens_details\":{\"reasoning_tokens\":40}}",
            Usage.Of(12, 45, cachedInput: 160, reasoning: 40)
        );

    // "Audio tokens outside prompt (Mistral audio)"
    [Fact]
    public void Audio_outside_the_prompt_is_input() =>
        AssertReads("{\"prompt_audio_seconds\":25,\"prompt_tokens\":4,\"completion_tokens\":59,\"total_tokens\":438}", Usage.Of(379, 59));

    // A part of the prompt that was an image or audio, and was read from the cache, is in two breakdowns of one prompt.
    [Fact]
    [Trait("WhatOthersGotWrong", "33")]
    public void Image_and_audio_tokens_inside_a_cache_hit_are_charged_once() =>
        AssertReads(
            "{\"prompt_tokens\":1000,\"completion_tokens\":7,\"total_tokens\":1007,\"prompt_tokens_details\":{\"cached_tokens\":900,\"image_tokens\":800,\"audio_tokens\":100,\"text_tokens\":100}}",
            Usage.Of(100, 7, cachedInput: 900)
        );

    // "OpenRouter may count the same tokens as cached and as written"
    [Fact]
    public void Tokens_counted_as_cached_and_as_written_are_charged_once() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":7,\"total_tokens\":107,\"prompt_tokens_details\":{\"cached_tokens\":80,\"cache_write_tokens\":80}}",
            new Usage
            {
                [Meter.CachedInput] = 80,
                [Meter.CacheWrite5m] = 20,
                [Meter.Output] = 7,
            }
        );

    // "A negative output count (deep-research runs): refuse to credit, mark check"
    [Fact]
    public void A_negative_count_credits_nothing() =>
        AssertReads(
            "{\"prompt_tokens\":100,\"completion_tokens\":-50,\"total_tokens\":50}",
            Usage.Of(100, 0),
            check: "a count is negative"
        );

    // "an error object **with** usage (OpenRouter)"
    [Fact]
    [Trait("WhatOthersGotWrong", "18")]
    public void An_error_object_with_usage_counts()
    {
        var (meter, payloads) = Stream(
            "{\"error\":{\"code\":502,\"message\":\"x\"},\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}"
        );
        Assert.Equal(AnswerPayloadKinds.Error | AnswerPayloadKinds.Usage, payloads[0].Kinds);
        Assert.Equal(Usage.Of(9, 3), meter.Facts.ReadUsage(UsageQuirks.None).Usage);
    }

    // "An explicit zero is a zero, not a missing value."
    [Fact]
    [Trait("WhatOthersGotWrong", "20")]
    public void An_explicit_zero_is_a_zero() => AssertReads("{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}", default);

    // "a plausibility check (total = sum of parts, cached ≤ input, no negatives)"
    [Theory]
    [InlineData("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":14}", "the total is less than its parts")]
    [InlineData("{\"prompt_tokens\":10,\"completion_tokens\":5.5}", "a count has a fraction")]
    [InlineData("{\"prompt_tokens\":10,\"completion_tokens\":\"many\"}", "a count is not a number")]
    [InlineData("{\"prompt_tokens\":10,\"completion_tokens\":[1]}", "a count is not a number")]
    [InlineData("{\"prompt_tokens\":99999999999,\"completion_tokens\":1}", "a count is beyond belief")]
    [InlineData(
        "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,\"num_search_queries\":3}",
        "the vendor reports searches, which are priced outside tokens"
    )]
    public void A_shape_that_makes_no_sense_is_marked(string usage, string check) => Assert.Equal(check, Read(usage).Check);

    [Theory]
    [InlineData("{\"prompt_tokens\":12.0,\"completion_tokens\":3.0,\"total_tokens\":15.0}")]
    [InlineData("{\"prompt_tokens\":\"12\",\"completion_tokens\":\"3\",\"total_tokens\":\"15\"}")]
    [InlineData(
        "{\"prompt_tokens\":12,\"completion_tokens\":3,\"total_tokens\":15,\"prompt_tokens_details\":null,\"cached_tokens\":null,\"cost\":0.001}"
    )]
    public void Floats_strings_and_nulls_are_understood(string usage) => AssertReads(usage, Usage.Of(12, 3));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"cost\":1}")]
    [InlineData("[]")]
    public void What_holds_no_count_is_not_reported(string usage) => Assert.False(Read(usage).IsReported);

    // "Streaming and non-streaming of the same call cost the same."
    [Fact]
    [Trait("WhatOthersGotWrong", "31")]
    public void A_whole_answer_is_read_as_a_stream_is()
    {
        var facts = new ChatAnswerFacts();
        ChatAnswerReader.Read(
            Encoding.UTF8.GetBytes(
                "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"x_groq\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}}"
            ),
            facts,
            new ArrayBufferWriter<byte>()
        );
        Assert.Equal(Usage.Of(9, 3), facts.ReadUsage(UsageQuirks.None).Usage);
    }

    [Fact]
    public void The_vendors_own_object_is_kept_as_it_was_written()
    {
        var (meter, _) = Stream("{\"choices\":[],\"usage\": {\"prompt_tokens\" : 9,\"odd\":[1] } }");
        Assert.Equal("{\"prompt_tokens\" : 9,\"odd\":[1] }", Encoding.UTF8.GetString(meter.Facts.VerbatimUsage));
    }

    /// <summary>The chunks as a stream of events that arrives in pieces of random sizes; however it is cut, the same is read.</summary>
    private static (ChatMeter Meter, List<AnswerPayload> Payloads) Stream(params string[] chunks)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\r\n\r\n")));
        var random = new Random(bytes.Length);
        (ChatMeter Meter, List<AnswerPayload> Payloads)? first = null;
        for (var round = 0; round < 20; round++)
        {
            var read = Read(bytes, () => random.Next(1, round + 2));
            first ??= read;
            Assert.Equal(first.Value.Payloads, read.Payloads);
            Assert.Equal(first.Value.Meter.ReadUsage(""), read.Meter.ReadUsage(""));
        }
        return first!.Value;
    }

    private static (ChatMeter Meter, List<AnswerPayload> Payloads) Read(byte[] stream, Func<int> size)
    {
        using var splitter = new SseSplitter();
        var meter = new ChatMeter();
        List<AnswerPayload> payloads = [];
        for (var at = 0; at < stream.Length; )
        {
            var piece = stream.AsMemory(at, Math.Min(size(), stream.Length - at));
            at += piece.Length;
            splitter.Feed(piece);
            while (splitter.TryNext(out var next))
                payloads.Add(meter.ReadEvent(next, new ArrayBufferWriter<byte>()));
        }
        return (meter, payloads);
    }

    private static UsageReading Read(string usage, UsageQuirks quirks = UsageQuirks.None)
    {
        var whole = OpenAIUsageReader.Read(Encoding.UTF8.GetBytes(usage), quirks);
        if (whole.IsReported && usage.StartsWith('{'))
            Assert.Equal(whole, Stream($"{{\"choices\":[],\"usage\":{usage}}}").Meter.Facts.ReadUsage(quirks));
        return whole;
    }

    private static void AssertReads(string usage, Usage expected, UsageQuirks quirks = UsageQuirks.None, string? check = null) =>
        Assert.Equal(new UsageReading(expected, IsReported: true, check), Read(usage, quirks));
}
