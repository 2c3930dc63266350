using System.Text;

namespace Tokenline.Gateway.Upstreams;

/// <summary>The header lines of a vendor's answer, as they came. Looked through when they are asked for: few of them ever are.</summary>
/// <param name="lines">Each ends with a line feed, and has a name and a colon.</param>
internal readonly struct VendorHeaders(ReadOnlyMemory<byte> lines)
{
    /// <summary>The first of this name.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var (found, of) in this)
        {
            if (!Ascii.EqualsIgnoreCase(found, name))
                continue;
            value = of;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Null: there is none of this name.</summary>
    public string? Text(ReadOnlySpan<byte> name) => TryGet(name, out var value) ? Encoding.Latin1.GetString(value) : null;

    public Enumerator GetEnumerator() => new(lines.Span);

    /// <summary>Header by header, in their order.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> lines)
    {
        private ReadOnlySpan<byte> left = lines;

        public VendorHeader Current { get; private set; }

        public bool MoveNext()
        {
            if (left.IsEmpty)
                return false;
            var end = left.IndexOf((byte)'\n');
            var line = left[..end];
            left = left[(end + 1)..];
            var colon = line.IndexOf((byte)':');
            Current = new VendorHeader { Name = line[..colon], Value = line[(colon + 1)..].Trim(" \t\r"u8) };
            return true;
        }
    }
}

/// <summary>One header line.</summary>
internal readonly ref struct VendorHeader
{
    public ReadOnlySpan<byte> Name { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public void Deconstruct(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = Name;
        value = Value;
    }
}
