using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>One countable thing in usage. All are disjoint but for <see cref="Reasoning"/>, which is a part of <see cref="Output"/>. Numbers are stored: only append.</summary>
public enum Meter
{
    /// <summary>Tokens of text input that were not read from a cache.</summary>
    Input,
    CachedInput,

    /// <summary>Input written to a cache kept 5 minutes.</summary>
    CacheWrite5m,

    /// <summary>Input written to a cache kept 1 hour.</summary>
    CacheWrite1h,

    /// <summary>All output tokens, reasoning included.</summary>
    Output,

    /// <summary>The part of output that was reasoning; informative unless a price sets it apart.</summary>
    Reasoning,

    /// <summary>Tokens of audio in, of images in, of video in, of audio out.</summary>
    AudioInput,
    ImageInput,
    VideoInput,
    AudioOutput,

    /// <summary>Tokens that were embedded.</summary>
    Embedding,

    /// <summary>Documents (or search units, where the vendor counts so) that were ranked.</summary>
    Rerank,

    /// <summary>Images made; their size and quality are a trait of the call.</summary>
    Image,

    /// <summary>Seconds of audio or video, begun ones whole.</summary>
    Second,
    Character,
    Page,

    /// <summary>Calls: 1 for every call.</summary>
    Request,

    /// <summary>Searches that the vendor made for the model.</summary>
    Search,

    /// <summary>Sessions of the vendor's code tool.</summary>
    CodeSession,

    /// <summary>Token-hours of kept cache, begun ones whole.</summary>
    CacheStorage,
}

/// <summary>A set of meters.</summary>
[JsonConverter(typeof(MeterSetJsonConverter))]
public readonly record struct MeterSet(uint Bits)
{
    public static readonly MeterSet All = new((1u << Usage.MeterCount) - 1);

    public static MeterSet Of(params ReadOnlySpan<Meter> meters)
    {
        var bits = 0u;
        foreach (var meter in meters)
            bits |= 1u << (int)meter;
        return new(bits);
    }

    public bool IsEmpty => Bits == 0;

    public bool Has(Meter meter) => (Bits & (1u << (int)meter)) != 0;

    public MeterSet And(MeterSet other) => new(Bits & other.Bits);

    public MeterSet Without(MeterSet other) => new(Bits & ~other.Bits);

    public override string ToString()
    {
        var me = this;
        return me == All ? "all" : string.Join(", ", Enum.GetValues<Meter>().Where(meter => me.Has(meter)).Select(MeterNames.Of));
    }
}

/// <summary>The vector of meters that one call consumed. Counts are never negative.</summary>
[JsonConverter(typeof(UsageJsonConverter))]
public struct Usage : IEquatable<Usage>
{
    public const int MeterCount = 20;

    /// <summary>Tokens that go in, caches and media included.</summary>
    public static readonly MeterSet InputTokens = MeterSet.Of(
        Meter.Input,
        Meter.CachedInput,
        Meter.CacheWrite5m,
        Meter.CacheWrite1h,
        Meter.AudioInput,
        Meter.ImageInput,
        Meter.VideoInput,
        Meter.Embedding
    );

    private Counts counts;

    public long this[Meter meter]
    {
        readonly get => counts[(int)meter];
        set =>
            counts[(int)meter] =
                value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), "a meter never counts below zero");
    }

    public static Usage Of(long input, long output, long cachedInput = 0, long reasoning = 0) =>
        new()
        {
            [Meter.Input] = input,
            [Meter.CachedInput] = cachedInput,
            [Meter.Output] = output,
            [Meter.Reasoning] = reasoning,
        };

    /// <summary>The whole input in tokens, caches and media included: what context tiers look at. Absurd figures of a vendor count as the largest number there is.</summary>
    public readonly long WholeInput =>
        long.CreateSaturating(
            (Int128)counts[(int)Meter.Input]
                + counts[(int)Meter.CachedInput]
                + counts[(int)Meter.CacheWrite5m]
                + counts[(int)Meter.CacheWrite1h]
                + counts[(int)Meter.AudioInput]
                + counts[(int)Meter.ImageInput]
                + counts[(int)Meter.VideoInput]
                + counts[(int)Meter.Embedding]
        );

    /// <summary>The whole output in tokens.</summary>
    public readonly long WholeOutput => long.CreateSaturating((Int128)counts[(int)Meter.Output] + counts[(int)Meter.AudioOutput]);

    /// <summary>Tokens in and out: what limits and volumes in tokens count.</summary>
    public readonly long Tokens => long.CreateSaturating((Int128)WholeInput + WholeOutput);

    public readonly bool Equals(Usage other) => ((ReadOnlySpan<long>)counts).SequenceEqual(other.counts);

    public override readonly bool Equals(object? obj) => obj is Usage other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = 17L;
        foreach (var count in counts)
            hash = (hash * 1_000_003) ^ count;
        return hash.GetHashCode();
    }

    public static bool operator ==(Usage left, Usage right) => left.Equals(right);

    public static bool operator !=(Usage left, Usage right) => !left.Equals(right);

    public override readonly string ToString()
    {
        var me = this;
        return string.Join(", ", Enum.GetValues<Meter>().Where(m => me[m] != 0).Select(m => $"{MeterNames.Of(m)} {me[m]}"));
    }

    [InlineArray(MeterCount)]
    private struct Counts
    {
        private long first;
    }
}

/// <summary>The public names of meters, as in tables, APIs and receipts.</summary>
public static class MeterNames
{
    private static readonly string[] names =
    [
        "input",
        "cached_input",
        "cache_write_5m",
        "cache_write_1h",
        "output",
        "reasoning",
        "audio_input",
        "image_input",
        "video_input",
        "audio_output",
        "embedding",
        "rerank",
        "image",
        "second",
        "character",
        "page",
        "request",
        "search",
        "code_session",
        "cache_storage",
    ];

    public static string Of(Meter meter) => names[(int)meter];

    public static bool TryParse(string name, out Meter meter)
    {
        var index = Array.IndexOf(names, name);
        meter = (Meter)Math.Max(index, 0);
        return index >= 0;
    }
}

/// <summary>Usage as an object of its non-zero meters.</summary>
public sealed class UsageJsonConverter : JsonConverter<Usage>
{
    public override Usage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("usage is an object of meters");
        var usage = new Usage();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!MeterNames.TryParse(name, out var meter))
                throw new JsonException($"'{name}' is not a meter");
            reader.Read();
            var count = reader.GetInt64();
            usage[meter] = count >= 0 ? count : throw new JsonException($"'{name}' is negative");
        }
        return usage;
    }

    public override void Write(Utf8JsonWriter writer, Usage value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (value[(Meter)meter] != 0)
                writer.WriteNumber(MeterNames.Of((Meter)meter), value[(Meter)meter]);
        }
        writer.WriteEndObject();
    }
}

/// <summary>A set of meters as an array of their names.</summary>
public sealed class MeterSetJsonConverter : JsonConverter<MeterSet>
{
    public override MeterSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a set of meters is an array of names");
        var set = default(MeterSet);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || !MeterNames.TryParse(reader.GetString()!, out var meter))
                throw new JsonException("an array of the names of meters is expected");
            set = new(set.Bits | (1u << (int)meter));
        }
        return set;
    }

    public override void Write(Utf8JsonWriter writer, MeterSet value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (value.Has((Meter)meter))
                writer.WriteStringValue(MeterNames.Of((Meter)meter));
        }
        writer.WriteEndArray();
    }
}
