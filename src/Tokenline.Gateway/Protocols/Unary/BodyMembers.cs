using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary>The top-level members of a JSON body, each with the place of its value.</summary>
internal sealed class BodyMembers
{
    private const int MembersMax = 256;
    private static readonly JsonReaderOptions options = new() { MaxDepth = 64 };

    private readonly Dictionary<string, (ByteRange Value, JsonTokenType Type)> members = new(StringComparer.Ordinal);

    /// <summary>Null: read. Otherwise why not.</summary>
    public RequestRefusal? Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
            return new("The body starts with a byte order mark; send UTF-8 without one.", null);
        if (!Utf8.IsValid(body))
            return new("The body is not valid UTF-8.", null);
        try
        {
            var reader = new Utf8JsonReader(body, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return new("The body must be a JSON object.", null);
            Span<byte> folded = stackalloc byte[MemberName.BytesMax];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out var exact);
                if (length < 0 || members.Count == MembersMax)
                    return new("The body has too many members, or one with too long a name.", null);
                var name = Encoding.UTF8.GetString(folded[..length]);
                if (!exact)
                    return new($"Write '{name}' in lower case: some vendors would read this spelling and others would not.", name);
                reader.Read();
                var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
                reader.Skip();
                if (!members.TryAdd(name, (new ByteRange(start, (int)reader.BytesConsumed - start), type)))
                    return new($"The member '{name}' appears twice.", name);
            }
            reader.Read(); // anything but white space after the object throws
            return null;
        }
        catch (JsonException e)
        {
            return new($"The body is not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}.", null);
        }
    }

    /// <summary>Empty if it is not there, or null.</summary>
    public ByteRange Find(string name, out JsonTokenType type)
    {
        type = JsonTokenType.None;
        if (!members.TryGetValue(name, out var found) || found.Type == JsonTokenType.Null)
            return default;
        type = found.Type;
        return found.Value;
    }

    /// <summary>A string's text; null if it is not there or is no string.</summary>
    public string? Text(ReadOnlySpan<byte> body, string name)
    {
        var range = Find(name, out var type);
        if (range.IsEmpty || type != JsonTokenType.String)
            return null;
        var raw = body[(range.Start + 1)..(range.End - 1)];
        var plain = new byte[raw.Length];
        return Encoding.UTF8.GetString(plain, 0, JsonText.Unescape(raw, plain));
    }

    public bool IsTrue(string name)
    {
        Find(name, out var type);
        return type == JsonTokenType.True;
    }

    /// <summary>The model, into the facts of the request.</summary>
    public RequestRefusal? ReadModel(ReadOnlySpan<byte> body, ref RequestFacts facts)
    {
        var model = Find("model", out var type);
        if (model.IsEmpty || type != JsonTokenType.String)
            return new("You must provide a model.", "model");
        if (model.Length is <= 2 or > MemberName.BytesMax)
            return new($"'model' must be a string of 1 to {MemberName.BytesMax} bytes.", "model");
        facts.ModelToken = model;
        facts.ModelIsEscaped = body.Slice(model.Start, model.Length).Contains((byte)'\\');
        facts.Choices = 1;
        return null;
    }
}
