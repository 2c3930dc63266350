using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Anthropic;

/// <summary>
/// Anthropic's usage: input excludes what was read from or written to a cache. Of a stream <c>message_start</c> tells it first and <c>message_delta</c>
/// restates it, wholly or in part: the last value of each field counts.
/// </summary>
internal struct MessagesUsage
{
    private long? input;
    private long? output;
    private long? read;
    private long? written;
    private long? written5m;
    private long? written1h;
    private long? thinking;
    private long searches;
    private Usage iterations;
    private bool hasIterations;
    private bool isBeyondBelief;
    private string? check;

    public readonly bool IsReported => input is not null || output is not null;

    public readonly bool HasOutput => output is not null;

    /// <summary>Reads a usage object.</summary>
    public void Take(ReadOnlySpan<byte> usage)
    {
        var reader = new Utf8JsonReader(usage);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadObject(ref reader);
        }
        catch (JsonException)
        {
            check = "usage is not JSON";
        }
    }

    public readonly UsageReading ToReading()
    {
        if (isBeyondBelief)
            return UsageReading.BeyondBelief;
        if (!IsReported)
            return new UsageReading(default, IsReported: false, check);
        var total = Plain();
        var problem = check;
        if (hasIterations && iterations.WholeInput + iterations[Meter.Output] > total.WholeInput + total[Meter.Output])
            total = iterations; // compaction and the like are charged beyond the top-level figures
        if (searches > 0)
            problem ??= "the vendor reports searches, which are priced outside tokens";
        return new UsageReading(total, IsReported: true, problem);
    }

    /// <summary>Meters back in Anthropic's meaning.</summary>
    public static void Write(Utf8JsonWriter json, in Usage usage)
    {
        json.WriteStartObject();
        json.WriteNumber(
            "input_tokens"u8,
            usage.WholeInput - usage[Meter.CachedInput] - usage[Meter.CacheWrite5m] - usage[Meter.CacheWrite1h]
        );
        json.WriteNumber("cache_creation_input_tokens"u8, usage[Meter.CacheWrite5m] + usage[Meter.CacheWrite1h]);
        json.WriteNumber("cache_read_input_tokens"u8, usage[Meter.CachedInput]);
        json.WriteStartObject("cache_creation"u8);
        json.WriteNumber("ephemeral_5m_input_tokens"u8, usage[Meter.CacheWrite5m]);
        json.WriteNumber("ephemeral_1h_input_tokens"u8, usage[Meter.CacheWrite1h]);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage[Meter.Output]);
        json.WriteEndObject();
    }

    private readonly Usage Plain()
    {
        // A total without a split is at the 5-minute price; a split that no longer matches the total is fitted to it.
        var writes = written ?? (written5m ?? 0) + (written1h ?? 0);
        var long1h = Math.Min(written1h ?? 0, writes);
        return new Usage
        {
            [Meter.Input] = input ?? 0,
            [Meter.CachedInput] = read ?? 0,
            [Meter.CacheWrite1h] = long1h,
            [Meter.CacheWrite5m] = writes - long1h,
            [Meter.Output] = output ?? 0,
            [Meter.Reasoning] = Math.Min(thinking ?? 0, output ?? 0),
        };
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
                Count(ref reader, ref input);
            else if (reader.ValueTextEquals("output_tokens"u8))
                Count(ref reader, ref output);
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
                Count(ref reader, ref read);
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
                Count(ref reader, ref written);
            else if (reader.ValueTextEquals("ephemeral_5m_input_tokens"u8))
                Count(ref reader, ref written5m);
            else if (reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
                Count(ref reader, ref written1h);
            else if (reader.ValueTextEquals("thinking_tokens"u8))
                Count(ref reader, ref thinking);
            else if (reader.ValueTextEquals("web_search_requests"u8))
                Searches(ref reader);
            else if (
                reader.ValueTextEquals("cache_creation"u8)
                || reader.ValueTextEquals("output_tokens_details"u8)
                || reader.ValueTextEquals("server_tool_use"u8)
            )
                Inner(ref reader);
            else if (reader.ValueTextEquals("iterations"u8))
                Iterations(ref reader);
            else
                Skip(ref reader);
        }
    }

    private void Inner(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            ReadObject(ref reader);
        else
            reader.Skip();
    }

    private void Iterations(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        iterations = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var one = new MessagesUsage();
            var start = reader;
            one.ReadObject(ref reader);
            check ??= one.check;
            if (NamesModel(start))
                check ??= "an iteration of another model is charged at that model's price";
            var usage = one.Plain();
            foreach (var meter in tokens)
                iterations[meter] += usage[meter];
            hasIterations = true;
        }
    }

    private static readonly Meter[] tokens =
    [
        Meter.Input,
        Meter.CachedInput,
        Meter.CacheWrite5m,
        Meter.CacheWrite1h,
        Meter.Output,
        Meter.Reasoning,
    ];

    private static bool NamesModel(Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("model"u8))
                return true;
        }
        return false;
    }

    private void Searches(ref Utf8JsonReader reader)
    {
        long? count = null;
        Count(ref reader, ref count);
        searches = Math.Max(searches, count ?? 0);
    }

    private void Count(ref Utf8JsonReader reader, ref long? into)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var count))
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var number) || Math.Abs(number) > 1e15)
            {
                check ??= "a count is not a number";
                reader.Skip();
                return;
            }
            check ??= "a count has a fraction";
            count = (long)Math.Ceiling(number);
        }
        if (count < 0)
            check ??= "a count is negative"; // nothing is credited
        isBeyondBelief |= count > UsageReading.CountMax;
        into = Math.Clamp(count, 0, UsageReading.CountMax);
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
