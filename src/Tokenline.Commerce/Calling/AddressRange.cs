using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tokenline.Commerce.Calling;

/// <summary>A range of addresses in the notation of RFC 4632 and RFC 4291. IPv4 is kept as it is mapped into IPv6, so that either form of an address is found.</summary>
public readonly record struct AddressRange
{
    private const int MappedBits = 96;
    private static readonly UInt128 mapped = (UInt128)0xffff << 32;

    private readonly UInt128 first;
    private readonly UInt128 mask;
    private readonly bool isV4;

    private AddressRange(UInt128 first, UInt128 mask, bool isV4) => (this.first, this.mask, this.isV4) = (first, mask, isV4);

    /// <summary>An address, or one with the length of its prefix. Bits beyond the prefix must be zero, so that nobody enters another range than they think.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AddressRange range)
    {
        range = default;
        if (text is not { Length: > 0 and <= 64 })
            return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? text : text[..slash];
        // "10.1" and "0x0a000001" are addresses to the framework, and a riddle to whoever reads the list.
        if (
            !IPAddress.TryParse(name, out var address)
            || address.ScopeIdOrZero() != 0
            || (!name.Contains(':', StringComparison.Ordinal) && name.Count(c => c == '.') != 3)
        )
            return false;
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        var most = isV4 ? 32 : 128;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > most))
            return false;
        var whole = isV4 ? bits + MappedBits : bits;
        var mask = whole == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - whole);
        var value = Of(address);
        if ((value & ~mask) != 0)
            return false;
        range = new(value, mask, isV4);
        return true;
    }

    /// <summary>Allocates nothing.</summary>
    public bool Contains(IPAddress address) => Contains(Of(address));

    internal bool Contains(UInt128 address) => (address & mask) == first;

    internal static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, first);
        var address = new IPAddress(isV4 ? bytes[12..] : bytes);
        var bits = (int)UInt128.PopCount(mask) - (isV4 ? MappedBits : 0);
        return bits == (isV4 ? 32 : 128) ? address.ToString() : string.Create(CultureInfo.InvariantCulture, $"{address}/{bits}");
    }
}

file static class Scopes
{
    public static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
