using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokenline.Host.Tests.Fuzz;

/// <summary>Makes of a good body one that nobody would send on purpose.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly byte[] troublesome = "\"{}[],:\\u0\r\n\0 -+eE.;=&%<>\u00ff"u8.ToArray();

    /// <summary>As JSON texts: some cannot be held by a node.</summary>
    private static readonly string[] strange =
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "-9223372036854775809",
        "18446744073709551616",
        "0.0000000000000000000000000000001",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud83d\"",
        "\"\u202e\u0000\uffff\"",
        "\"../../etc/passwd\"",
        "\"http://127.0.0.1/\"",
        "\"2026-02-30T25:61:61Z\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "[]",
        "[null]",
        "{}",
        "{\"\":null}",
    ];

    public T Choose<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public bool Rarely(int oneIn) => random.Next(oneIn) == 0;

    public string Strange() =>
        random.Next(12) switch
        {
            0 => $"\"{new string('x', random.Next(70_000))}\"",
            1 => string.Concat(Enumerable.Repeat("[", random.Next(200))),
            2 => random.NextInt64(long.MinValue, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => Choose(strange),
        };

    /// <summary>The document with some of its values replaced, removed or doubled, and now and then with damaged bytes.</summary>
    public byte[] Body(string good)
    {
        var text = good;
        if (good.StartsWith('{') || good.StartsWith('['))
        {
            for (var changes = random.Next(3); changes > 0; changes--)
                text = Shape(text);
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        return Rarely(2) ? Bytes(bytes) : bytes;
    }

    /// <summary>Bytes replaced, removed, doubled; or the whole cut short.</summary>
    public byte[] Bytes(byte[] good)
    {
        var bytes = good.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = Choose(troublesome);
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.Insert(at, Choose(troublesome));
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 1);
                    break;
            }
        }
        return [.. bytes];
    }

    private string Shape(string json)
    {
        try
        {
            return Shaped(json);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return json; // what an earlier change made of it is no JSON, has a member twice, or half a surrogate
        }
    }

    private string Shaped(string json)
    {
        var root = JsonNode.Parse(json)!;
        var nodes = Below(root).ToList();
        if (nodes.Count == 0)
            return json;
        var node = Choose(nodes);
        switch (random.Next(4))
        {
            case 0 when node.Parent is JsonObject members:
                members.Remove(node.GetPropertyName());
                return root.ToJsonString();
            case 1 when node.Parent is JsonObject: // a member twice
                var again = $"\"{node.GetPropertyName()}\":{node.ToJsonString()}";
                return root.ToJsonString().Replace(again, $"{again},{again}", StringComparison.Ordinal);
            case 2 when node.Parent is JsonArray items:
                for (var more = random.Next(1, 40); more > 0; more--)
                    items.Add(node.DeepClone());
                return root.ToJsonString();
            default:
                node.ReplaceWith(JsonValue.Create("PLACE"));
                return root.ToJsonString().Replace("\"PLACE\"", Strange(), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<JsonNode> Below(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is null)
                continue;
            yield return child;
            foreach (var below in Below(child))
                yield return below;
        }
    }
}
