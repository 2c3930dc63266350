using System.Buffers;
using System.Text;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Tokens;
using Tokenline.Units;

namespace Tokenline.Gateway.Tests.OpenAI;

/// <summary>Whatever arrives, the readers answer with a value.</summary>
public sealed class HostileBytesTests
{
    private static readonly byte[] request = Encoding.UTF8.GetBytes(
        "{\"model\":\"m\\u0041\",\"stream_options\":{\"include_usage\":null},\"extra_body\":{\"a\":[1]},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
            + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA\"}},{\"type\":\"text\",\"text\":\"\\ud83d\"}]}],\"n\":2}"
    );

    private static readonly byte[] chunk = Encoding.UTF8.GetBytes(
        "{\"id\":\"c\",\"object\":\"x\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\n\",\"reasoning_details\":[{\"text\":\"t\"}],"
            + "\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"finish_reason\":\"stop\"}],\"base_resp\":{\"status_code\":0},"
            + "\"x_groq\":{\"usage\":{\"prompt_tokens\":1}},\"usage\":{\"prompt_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":1}},\"error\":null}"
    );

    [Fact]
    public void A_damaged_request_is_read_or_refused() =>
        Damaged(request)
            .Sample(body =>
            {
                if (!ChatRequestParser.TryRead(body, out var facts, out var refusal))
                {
                    Assert.NotEmpty(refusal.Message);
                    return;
                }
                Assert.Equal((byte)'}', body[facts.ClosingBrace]);
                Assert.True(facts.PromptBytes >= 0 && facts.PromptBytes <= body.Length);
                Assert.True(TokenCounter.CountPrompt(body, facts, isO200k: false) <= PromptBound.Of(facts, 0));
                facts.Model(body);
            });

    [Fact]
    public void A_damaged_payload_is_read_or_is_not_JSON() =>
        Damaged(chunk)
            .Sample(payload =>
            {
                var text = new ArrayBufferWriter<byte>();
                var meter = new ChatMeter();
                var read = meter.Read(payload, text);
                Assert.Equal(text.WrittenCount, read.TextBytes);
                Assert.True(read.ErrorValue.End <= payload.Length && read.UsageValue.End <= payload.Length);
                meter.Facts.ReadUsage(UsageQuirks.None);
                meter.Facts.Model();
                ChatAnswerReader.Read(payload, new ChatAnswerFacts(), text);
            });

    [Fact]
    [Trait("WhatOthersGotWrong", "29")]
    public void Any_usage_gives_meters_that_are_disjoint_and_never_below_the_reported_parts()
    {
        var name = Gen.OneOf(
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "cached_tokens",
            "reasoning_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "prompt_cache_hit_tokens",
            "prompt_cache_miss_tokens",
            "ephemeral_1h_input_tokens",
            "input_tokens",
            "prompt_audio_seconds"
        );
        var quirks = Gen.Int[0, 7].Select(q => (UsageQuirks)q);
        Gen.Select(Gen.Select(name, Gen.Long[-5, 40]).Array[0, 8], quirks)
            .Sample(
                (counts, quirk) =>
                {
                    var json = "{" + string.Join(",", counts.Select(c => $"\"{c.Item1}\":{c.Item2}")) + "}";
                    var (usage, isReported, _) = OpenAIUsageReader.Read(Encoding.UTF8.GetBytes(json), quirk);
                    if (!isReported)
                        return;
                    long Largest(string member) => counts.Where(c => c.Item1 == member).Select(c => c.Item2).Append(0).Max();
                    Assert.True(usage.WholeInput >= Largest("prompt_tokens"), json);
                    Assert.True(usage[Meter.Output] >= Largest("completion_tokens"), json);
                    Assert.True(usage[Meter.Reasoning] <= usage[Meter.Output], json);
                }
            );
    }

    /// <summary>The document with some bytes replaced, removed or doubled, or cut short.</summary>
    private static Gen<byte[]> Damaged(byte[] document) =>
        Gen.Select(Gen.Int[0, document.Length - 1], Gen.Int[0, 3], Gen.OneOf("\"{}[],:\\u01ntf -\u00ff".Select(c => (byte)c).ToArray()))
            .Array[1, 3]
            .Select(damages =>
            {
                var bytes = document.ToList();
                foreach (var (position, kind, value) in damages)
                {
                    var at = Math.Min(position, bytes.Count - 1);
                    if (bytes.Count < 2)
                        break;
                    if (kind == 0)
                        bytes[at] = value;
                    else if (kind == 1)
                        bytes.RemoveAt(at);
                    else if (kind == 2)
                        bytes.Insert(at, value);
                    else if (value == (byte)'-')
                        bytes.RemoveRange(at, bytes.Count - at);
                }
                return bytes.ToArray();
            });
}
