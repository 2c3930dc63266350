using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>Reranking as Jina and Cohere have it: both say the results alike, and each finds its own usage.</summary>
internal sealed class RerankProtocol : MediaProtocol
{
    private const int DocumentsMax = 2048;
    private const int DocumentsPerSearchUnit = 100;

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var json = Parse(body);
        var model = ModelOf(json, context);
        var query = OpenAiJson.Required(json, "", "query");
        var documents = ReadDocuments(json);
        var most = OpenAiJson.Member(json, "top_n")?.GetInt32() ?? documents.Count;
        if (most < 1)
            throw Invalid("'top_n' must be at least 1.", "top_n");
        var asked = AnswerRequest.HashOf(Encoding.UTF8.GetBytes(query));
        var results = documents
            .Select((text, index) => (Index: index, Score: AnswerRequest.HashOf(Encoding.UTF8.GetBytes(text), asked) % 10_000, Text: text))
            .OrderByDescending(r => r.Score)
            .Take(most)
            .ToList();
        var tokens = documents.Sum(TokensOf) + TokensOf(query);
        behaviour = Directed(query, behaviour);
        var withText = OpenAiJson.IsTrue(json, "return_documents");
        return new ReadyAnswer(
            behaviour,
            to =>
            {
                to.Add("{\"object\":\"list\",\"model\":\""u8).AddEscaped(model).Add("\",\"results\":["u8);
                for (var i = 0; i < results.Count; i++)
                    AddResult(to, results[i], first: i == 0, withText);
                to.Add("]"u8);
                AddUsage(to, Said(tokens, behaviour), documents.Count, behaviour);
                to.Add("}"u8);
            }
        );
    }

    private static List<string> ReadDocuments(JsonElement json)
    {
        var documents = new List<string>();
        foreach (var document in (OpenAiJson.Member(json, "documents") ?? throw OpenAiJson.Missing("documents")).EnumerateArray())
            documents.Add(
                document.ValueKind == JsonValueKind.String
                    ? document.GetString()!
                    : OpenAiJson.Required(document, $"documents[{documents.Count}]", "text")
            );
        return documents.Count is > 0 and <= DocumentsMax
            ? documents
            : throw Invalid($"'documents' must have 1 to {DocumentsMax} documents.", "documents");
    }

    private static void AddResult(PooledBuffer json, (int Index, ulong Score, string Text) result, bool first, bool withText)
    {
        json.Add(first ? "{\"index\":"u8 : ",{\"index\":"u8).Add(result.Index);
        json.Add(",\"relevance_score\":0."u8).AddEscaped(result.Score.ToString("D4", System.Globalization.CultureInfo.InvariantCulture));
        if (withText)
            json.Add(",\"document\":{\"text\":\""u8).AddEscaped(result.Text).Add("\"}"u8);
        json.Add("}"u8);
    }

    private static void AddUsage(PooledBuffer json, long tokens, int documents, Behaviour behaviour)
    {
        if (!BeginsUsage(json, behaviour))
            return;
        json.Add("{\"total_tokens\":"u8).Add(tokens).Add("},\"meta\":{\"api_version\":{\"version\":\"2\"},\"billed_units\":{"u8);
        json.Add("\"search_units\":"u8).Add((documents + DocumentsPerSearchUnit - 1) / DocumentsPerSearchUnit);
        json.Add("},\"tokens\":{\"input_tokens\":"u8).Add(tokens).Add("}}"u8);
    }
}
