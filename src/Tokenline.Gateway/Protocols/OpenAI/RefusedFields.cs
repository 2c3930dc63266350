using System.Buffers;
using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// What of a body its vendor would refuse. The hints among it are cut out, each with one comma, and the rest stays byte for byte as it is.
/// Most vendors refuse nothing, and of those that do, a body with none of the names in it is not even parsed.
/// </summary>
internal readonly struct RefusedFields
{
    private static readonly RefusedFields none = new([], []);

    private readonly List<ByteRange> cuts;

    private RefusedFields(List<ByteRange> cuts, List<string> dropped) => (this.cuts, Dropped) = (cuts, dropped);

    /// <summary>Names of the hints that are cut out.</summary>
    public IReadOnlyList<string> Dropped { get; }

    /// <summary>The call cannot go to this vendor.</summary>
    public VendorRefusal? Refused { get; private init; }

    /// <summary>Of the client's own body: asked for when the deployment is chosen and again when the call goes there, and looked for once.</summary>
    public static RefusedFields Of(Call call, Deployment deployment)
    {
        if (call.RefusedFields is not var (at, known) || !ReferenceEquals(at, deployment))
        {
            known = Find(call.Body.Span, deployment);
            call.RefusedFields = (deployment, known);
        }
        return known;
    }

    /// <summary>Of a body at a deployment; a simulated one takes every field, whatever its vendor's id.</summary>
    public static RefusedFields Find(ReadOnlySpan<byte> body, Deployment deployment) =>
        deployment.Simulated ? none : Find(body, VendorQuirks.Of(deployment.Vendor), deployment.UpstreamModel);

    /// <param name="body">Of chat completions, and well formed.</param>
    /// <param name="model">The model's name at the vendor.</param>
    public static RefusedFields Find(ReadOnlySpan<byte> body, VendorQuirks vendor, string model)
    {
        List<VendorRefusal>? rows = null;
        foreach (var row in vendor.Refuses)
        {
            if (row.IsOf(model) && body.IndexOf(row.Quoted) >= 0)
                (rows ??= []).Add(row);
        }
        return rows is null ? none : new Scan(body, rows).Run();
    }

    /// <summary>Takes the hints out of a body that passes.</summary>
    public void CutFrom(ref BodyEdits edits)
    {
        foreach (var cut in cuts)
            edits.Remove(cut);
    }

    /// <summary>Takes the hints out of a body that has just been written.</summary>
    public void CutFrom(PooledBuffer body)
    {
        if (cuts.Count == 0)
            return;
        var edits = new BodyEdits();
        CutFrom(ref edits);
        using var whole = new PooledBuffer();
        whole.Write(body.Span);
        body.Clear();
        edits.WriteTo(whole.Span, body);
    }

    private ref struct Scan(ReadOnlySpan<byte> body, List<VendorRefusal> rows)
    {
        private readonly ReadOnlySpan<byte> body = body;
        private readonly List<ByteRange> cuts = [];
        private readonly List<string> dropped = [];
        private VendorRefusal? refused;
        private Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = 256 });

        public RefusedFields Run()
        {
            reader.Read();
            ReadObject(isMessage: false);
            return new RefusedFields(cuts, dropped) { Refused = refused };
        }

        private void ReadObject(bool isMessage)
        {
            var previousEnd = (int)reader.BytesConsumed;
            var isFirstLeft = true; // no member before this one stays
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                var isMessages = !isMessage && reader.ValueTextEquals("messages"u8);
                var row = Row(isMessage);
                reader.Read();
                var isCut = row is not null && Meets(row);
                if (isMessages && reader.TokenType == JsonTokenType.StartArray)
                    ReadMessages();
                else
                    reader.Skip();
                var end = (int)reader.BytesConsumed;
                if (!isCut)
                {
                    isFirstLeft = false;
                    previousEnd = end;
                    continue;
                }
                // Behind a member that stays the comma before goes too; at the object's start the comma behind.
                var cutEnd = isFirstLeft ? EndWithComma(end) : end;
                var cutStart = isFirstLeft ? start : previousEnd;
                cuts.Add(new ByteRange(cutStart, cutEnd - cutStart));
                previousEnd = end;
            }
        }

        private void ReadMessages()
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadObject(isMessage: true);
                else
                    reader.Skip();
            }
        }

        private VendorRefusal? Row(bool isMessage)
        {
            foreach (var row in rows)
            {
                if (row.IsOfMessage == isMessage && reader.ValueTextEquals(row.Name))
                    return row;
            }
            return null;
        }

        /// <summary>True: the member is to be cut out. Of one that nothing is asked by, nothing is lost.</summary>
        private bool Meets(VendorRefusal row)
        {
            if (row.Action == LossAction.Drop)
            {
                if (!dropped.Contains(row.Field))
                    dropped.Add(row.Field);
                return true;
            }
            if (Asks(row))
                refused ??= row;
            return false;
        }

        private readonly bool Asks(VendorRefusal row) =>
            reader.TokenType switch
            {
                JsonTokenType.Null or JsonTokenType.False => false,
                JsonTokenType.Number => !reader.TryGetInt32(out var number) || number != 1 || row.Field != "n", // one answer is what all give
                JsonTokenType.StartObject => row.Field != "response_format.json_schema" || IsSchema(reader),
                _ => true,
            };

        private static bool IsSchema(Utf8JsonReader format)
        {
            while (format.Read() && format.TokenType == JsonTokenType.PropertyName)
            {
                var isType = format.ValueTextEquals("type"u8);
                format.Read();
                if (isType)
                    return format.TokenType == JsonTokenType.String && format.ValueTextEquals("json_schema"u8);
                format.Skip();
            }
            return false;
        }

        private readonly int EndWithComma(int end)
        {
            var at = end;
            while (body[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                at++;
            return body[at] == (byte)',' ? at + 1 : end;
        }
    }
}
