using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>One countable thing in usage. All are tokens, and disjoint but for <see cref="Reasoning"/>, which is a part of <see cref="Output"/>.</summary>
public enum Meter
{
    /// <summary>Input that was not read from a cache.</summary>
    Input,
    CachedInput,

    /// <summary>Input written to a cache kept 5 minutes.</summary>
    CacheWrite5m,

    /// <summary>Input written to a cache kept 1 hour.</summary>
    CacheWrite1h,

    /// <summary>All output, reasoning included.</summary>
    Output,

    /// <summary>The part of output that was reasoning; informative unless a price sets it apart.</summary>
    Reasoning,
}

/// <summary>The vector of meters that one call consumed. Counts are never negative.</summary>
[JsonConverter(typeof(UsageJsonConverter))]
public struct Usage : IEquatable<Usage>
{
    public const int MeterCount = 6;

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

    /// <summary>The whole input, caches included: what context tiers look at.</summary>
    public readonly long WholeInput =>
        checked(
            counts[(int)Meter.Input] + counts[(int)Meter.CachedInput] + counts[(int)Meter.CacheWrite5m] + counts[(int)Meter.CacheWrite1h]
        );

    public readonly bool Equals(Usage other) => ((ReadOnlySpan<long>)counts).SequenceEqual(other.counts);

    public override readonly bool Equals(object? obj) => obj is Usage other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(WholeInput, counts[(int)Meter.Output]);

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
    private static readonly string[] names = ["input", "cached_input", "cache_write_5m", "cache_write_1h", "output", "reasoning"];

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
        for (var meter = Meter.Input; meter <= Meter.Reasoning; meter++)
        {
            if (value[meter] != 0)
                writer.WriteNumber(MeterNames.Of(meter), value[meter]);
        }
        writer.WriteEndObject();
    }
}
