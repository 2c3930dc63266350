using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>What an <see cref="Id{T}"/> identifies; the prefix is the readable part of its text.</summary>
public interface IIdKind
{
    static abstract string Prefix { get; }
}

/// <summary>
/// A 63-bit id that cannot be mixed with another kind's. Text form: prefix, underscore, 13 Crockford base32 digits.
/// Ids are made in time order (<see cref="IdSource"/>), so they sort by creation and append to an index instead of scattering in it.
/// </summary>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<T>(long Value)
    where T : IIdKind
{
    private const int Digits = 13;

    /// <summary>No id's text is longer.</summary>
    internal const int LengthMax = 32;

    public override string ToString() =>
        string.Create(
            T.Prefix.Length + 1 + Digits,
            Value,
            static (span, value) =>
            {
                T.Prefix.CopyTo(span);
                span[T.Prefix.Length] = '_';
                for (var i = span.Length - 1; i > T.Prefix.Length; i--, value >>= 5)
                    span[i] = Base32.Digits[(int)(value & 31)];
            }
        );

    /// <summary>The same as UTF-8; false where the span is too short for it.</summary>
    public bool TryWrite(Span<byte> into, out int bytes)
    {
        var prefix = T.Prefix.AsSpan();
        bytes = prefix.Length + 1 + Digits;
        if (into.Length < bytes)
            return false;
        var text = into[..bytes];
        for (var i = 0; i < prefix.Length; i++)
            text[i] = (byte)prefix[i];
        text[prefix.Length] = (byte)'_';
        var left = Value;
        for (var i = text.Length - 1; i > prefix.Length; i--, left >>= 5)
            text[i] = Base32.Utf8[(int)(left & 31)];
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Id<T> id)
    {
        id = default;
        if (text is null || text.Length != T.Prefix.Length + 1 + Digits || !text.StartsWith(T.Prefix) || text[T.Prefix.Length] != '_')
            return false;
        UInt128 value = 0;
        foreach (var c in text.AsSpan(T.Prefix.Length + 1))
        {
            var digit = Base32.Digits.IndexOf(char.ToLowerInvariant(c));
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }
        if (value > long.MaxValue)
            return false;
        id = new Id<T>((long)value);
        return true;
    }

    public static Id<T> Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an id of the form {T.Prefix}_…");
}

internal static class Base32
{
    public const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    public static ReadOnlySpan<byte> Utf8 => "0123456789abcdefghjkmnpqrstvwxyz"u8;
}

public readonly struct AccountKind : IIdKind
{
    public static string Prefix => "acc";
}

public readonly struct ChargeKind : IIdKind
{
    public static string Prefix => "chg";
}

public readonly struct BucketKind : IIdKind
{
    public static string Prefix => "bkt";
}

public readonly struct PartyKind : IIdKind
{
    public static string Prefix => "pty";
}

/// <summary>A person, whichever customers they belong to.</summary>
public readonly struct IndividualKind : IIdKind
{
    public static string Prefix => "ind";
}

/// <summary>What a person is to a customer.</summary>
public readonly struct MembershipKind : IIdKind
{
    public static string Prefix => "mbr";
}

public readonly struct InvitationKind : IIdKind
{
    public static string Prefix => "inv";
}

public readonly struct OrderKind : IIdKind
{
    public static string Prefix => "ord";
}

public readonly struct ProductKind : IIdKind
{
    public static string Prefix => "prd";
}

public readonly struct KeyKind : IIdKind
{
    public static string Prefix => "key";
}

/// <summary>A node of the tree inside a charging account.</summary>
public readonly struct AllotmentKind : IIdKind
{
    public static string Prefix => "alt";
}

/// <summary>A quantity that is granted again every period.</summary>
public readonly struct RefillKind : IIdKind
{
    public static string Prefix => "rfl";
}

/// <summary>Something that a customer is to hear of; its number is its position in the charge journal.</summary>
public readonly struct EventKind : IIdKind
{
    public static string Prefix => "evt";
}

/// <summary>An event on its way to a customer through one channel.</summary>
public readonly struct DeliveryKind : IIdKind
{
    public static string Prefix => "dlv";
}

public readonly struct WebhookKind : IIdKind
{
    public static string Prefix => "whk";
}

/// <summary>A file that a customer gave or gets.</summary>
public readonly struct FileKind : IIdKind
{
    public static string Prefix => "file";
}

/// <summary>Many calls that are given as a file.</summary>
public readonly struct BatchKind : IIdKind
{
    public static string Prefix => "batch";
}

/// <summary>A rule by which one model stands in for another.</summary>
public readonly struct SubstitutionKind : IIdKind
{
    public static string Prefix => "sub";
}

/// <summary>Somebody who is signed in to the consoles, in one browser.</summary>
public readonly struct SessionKind : IIdKind
{
    public static string Prefix => "ses";
}

/// <summary>Somebody who works for the operator or for a vendor.</summary>
public readonly struct StaffKind : IIdKind
{
    public static string Prefix => "stf";
}

/// <summary>An entry of the audit log; its number is its place in the chain.</summary>
public readonly struct AuditEntryKind : IIdKind
{
    public static string Prefix => "aud";
}

/// <summary>Money that a customer puts into the wallet.</summary>
public readonly struct TopUpKind : IIdKind
{
    public static string Prefix => "top";
}

/// <summary>A line of a wallet's statement; its number is its place in the order of writing.</summary>
public readonly struct MovementKind : IIdKind
{
    public static string Prefix => "mov";
}

/// <summary>What a customer owes by invoice.</summary>
public readonly struct ReceivableKind : IIdKind
{
    public static string Prefix => "rcv";
}

/// <summary>That a customer asks for a call to be given back.</summary>
public readonly struct RefundRequestKind : IIdKind
{
    public static string Prefix => "rfr";
}

/// <summary>An internal command's id: replayed with the same content it answers the same; with other content it is refused.</summary>
public readonly struct CommandKind : IIdKind
{
    public static string Prefix => "cmd";
}

/// <summary>
/// Makes ids: 41 bits of milliseconds since 2025, 10 bits of node, 12 bits of sequence. Up to 4,096 a millisecond and node;
/// beyond that, and when the clock steps back, it borrows from the next millisecond, so an id is never made twice by one process.
/// </summary>
public sealed class IdSource(TimeProvider time, int node = 0)
{
    private const long Epoch = 1_735_689_600_000; // 2025-01-01T00:00:00Z in Unix milliseconds

    private const int TimeShift = 22;

    private readonly long nodeBits = node is >= 0 and < 1024 ? (long)node << 12 : throw new ArgumentOutOfRangeException(nameof(node));
    private long last; // milliseconds << 12 | sequence, of the newest id made

    public Id<T> Next<T>()
        where T : IIdKind
    {
        while (true)
        {
            var previous = Volatile.Read(ref last);
            var next = Math.Max((time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch) << 12, previous + 1);
            if (Interlocked.CompareExchange(ref last, next, previous) == previous)
                return new Id<T>((next >> 12 << TimeShift) | nodeBits | (next & 0xFFF));
        }
    }

    /// <summary>When an id was made, to the millisecond; one that borrowed from the next millisecond says that one.</summary>
    public static DateTimeOffset At<T>(Id<T> id)
        where T : IIdKind => DateTimeOffset.FromUnixTimeMilliseconds((id.Value >> TimeShift) + Epoch);

    /// <summary>The lowest id that can be made in this millisecond: ids of before are below it, save those that borrowed from it.</summary>
    public static Id<T> Lowest<T>(DateTimeOffset at)
        where T : IIdKind => new(Math.Max(at.ToUnixTimeMilliseconds() - Epoch, 0) << TimeShift);
}

/// <summary>Ids as text.</summary>
public sealed class IdJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(IdJsonConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
}

internal sealed class IdJsonConverter<T> : JsonConverter<Id<T>>
    where T : IIdKind
{
    public override Id<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Id<T>.TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"an id of the form {T.Prefix}_… is expected");

    public override void Write(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Id<T>.LengthMax];
        if (!value.TryWrite(text, out var bytes))
            throw new JsonException($"an id of the form {T.Prefix}_… is longer than {Id<T>.LengthMax} letters");
        writer.WriteStringValue(text[..bytes]);
    }
}
