using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;

namespace Tokenline.Gateway.Upstreams;

/// <summary>The head of an answer (RFC 9112, sections 4 to 6 and 9): its status, its headers, where its body ends, and whether the connection stays.</summary>
internal readonly struct AnswerHead
{
    /// <summary>A longer one is no answer.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>Of a field's name (RFC 9110, section 5.6.2).</summary>
    private static readonly SearchValues<byte> nameBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    public HttpStatusCode Status { get; private init; }

    public VendorHeaders Headers { get; private init; }

    public BodyFrames Body { get; private init; }

    /// <summary>The connection may serve another call after it.</summary>
    public bool KeepsConnection { get; private init; }

    /// <summary>Says that the answer is still to come (100 to 199).</summary>
    public bool IsInterim => (int)Status < 200;

    /// <summary>False: not all of it is there yet.</summary>
    /// <param name="length">Its bytes, the empty line included.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AnswerHead head, out int length)
    {
        head = default;
        if (!TryFindEnd(bytes, out var statusEnd, out length))
            return bytes.Length <= BytesMax ? false : throw new InvalidDataException("the head of the answer is too long");
        var (status, isKept) = ReadStatus(bytes[..statusEnd].TrimEnd((byte)'\r'));
        var lines = bytes[(statusEnd + 1)..length].ToArray();
        var fields = new Fields { KeepsConnection = isKept };
        head = new AnswerHead
        {
            Status = status,
            Headers = new(lines.AsMemory(0, ReadLines(lines, ref fields))),
            Body = BodyOf(status, fields),
            KeepsConnection = fields.KeepsConnection && !(fields.IsChunked && fields.Length is not null),
        };
        return true;
    }

    /// <summary>What the header lines say of the body and the connection.</summary>
    private ref struct Fields
    {
        public long? Length;
        public bool IsChunked;
        public bool KeepsConnection;
    }

    /// <summary>An empty line ends it; a lone line feed is taken for the end of a line (RFC 9112, section 2.2).</summary>
    private static bool TryFindEnd(ReadOnlySpan<byte> bytes, out int statusEnd, out int length)
    {
        statusEnd = bytes.IndexOf((byte)'\n');
        length = statusEnd + 1;
        while (length > 0 && length < bytes.Length)
        {
            var end = bytes[length..].IndexOf((byte)'\n');
            if (end < 0)
                return false;
            var isEmpty = end == 0 || (end == 1 && bytes[length] == '\r');
            length += end + 1;
            if (isEmpty)
                return true;
        }
        return false;
    }

    /// <summary>Such as <c>HTTP/1.1 200 OK</c>. Connections of 1.0 end with their answer, unless they say otherwise.</summary>
    private static (HttpStatusCode Status, bool KeepsConnection) ReadStatus(ReadOnlySpan<byte> line)
    {
        if (
            line.Length < 12
            || !line.StartsWith("HTTP/1."u8)
            || !char.IsAsciiDigit((char)line[7])
            || line[8] != ' '
            || !Utf8Parser.TryParse(line[9..12], out int status, out var digits)
            || digits != 3
            || status is < 100 or 101 // nobody asked for another protocol
            || (line.Length > 12 && line[12] != ' ')
        )
            throw new InvalidDataException("the answer is not of HTTP/1.1");
        return ((HttpStatusCode)status, line[7] != '0');
    }

    /// <summary>Returns their length without the empty line. A line that begins with a space goes on the one before it.</summary>
    private static int ReadLines(Span<byte> lines, ref Fields fields)
    {
        var at = 0;
        while (true)
        {
            var end = at + lines[at..].IndexOf((byte)'\n');
            while (end + 1 < lines.Length && lines[end + 1] is (byte)' ' or (byte)'\t')
            {
                lines[end] = (byte)' ';
                if (lines[end - 1] == '\r')
                    lines[end - 1] = (byte)' ';
                end += lines[end..].IndexOf((byte)'\n');
            }
            var line = lines[at..end].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                return at;
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(nameBytes))
                throw new InvalidDataException("a header of the answer has no name");
            ReadField(line[..colon], line[(colon + 1)..].Trim(" \t"u8), ref fields);
            at = end + 1;
        }
    }

    private static void ReadField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref Fields fields)
    {
        switch (name.Length)
        {
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                foreach (var part in value.Split((byte)','))
                {
                    var option = value[part].Trim(" \t"u8);
                    if (Ascii.EqualsIgnoreCase(option, "close"u8))
                        fields.KeepsConnection = false;
                    else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
                        fields.KeepsConnection = true;
                }
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                if (
                    value.IsEmpty
                    || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                    || !Utf8Parser.TryParse(value, out long length, out _)
                    || (fields.Length is { } before && before != length)
                )
                    throw new InvalidDataException("the answer's Content-Length is none");
                fields.Length = length;
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
                    fields.IsChunked = true;
                else if (!Ascii.EqualsIgnoreCase(value, "identity"u8))
                    throw new InvalidDataException("the answer's Transfer-Encoding is not known");
                break;
            default:
                break;
        }
    }

    private static BodyFrames BodyOf(HttpStatusCode status, in Fields fields) =>
        (int)status < 200 || status is HttpStatusCode.NoContent or HttpStatusCode.NotModified ? BodyFrames.OfLength(0)
        : fields.IsChunked ? BodyFrames.Chunked
        : fields.Length is { } length ? BodyFrames.OfLength(length)
        : BodyFrames.UntilClosed;
}
