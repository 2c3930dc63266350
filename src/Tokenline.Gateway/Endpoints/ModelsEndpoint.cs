using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Routing.Choice;

namespace Tokenline.Gateway.Endpoints;

/// <summary>The models that a key may use: <c>GET /v1/models</c> in OpenAI's shape, or in Anthropic's where <c>anthropic-version</c> is sent, and Gemini's <c>GET /v1beta/models</c>.</summary>
internal sealed class ModelsEndpoint(Keyring keyring, IModelCatalogSource catalog, IdSource ids, TimeProvider time)
{
    private enum Shape
    {
        OpenAI,
        Anthropic,
        Gemini,
    }

    /// <summary>By which endpoint a kind of model is called.</summary>
    public static string PathOf(ModelKind kind) =>
        kind switch
        {
            ModelKind.Embedding => "POST /v1/embeddings",
            ModelKind.Rerank => "POST /v1/rerank",
            ModelKind.Image => "POST /v1/images/generations",
            ModelKind.Speech => "POST /v1/audio/speech",
            ModelKind.Transcription => "POST /v1/audio/transcriptions",
            _ => "POST /v1/chat/completions",
        };

    public Task ListAsync(HttpContext context) => ListAsync(context, ShapeOf(context));

    public Task ListGeminiAsync(HttpContext context) => ListAsync(context, Shape.Gemini);

    /// <summary>Model IDs may hold slashes, so the rest of the path is the id.</summary>
    public Task ShowAsync(HttpContext context) => ShowAsync(context, ShapeOf(context));

    public Task ShowGeminiAsync(HttpContext context) => ShowAsync(context, Shape.Gemini);

    private static Shape ShapeOf(HttpContext context) =>
        context.Request.Headers.ContainsKey("anthropic-version") ? Shape.Anthropic : Shape.OpenAI;

    private Task ListAsync(HttpContext context, Shape shape)
    {
        RequestId.Give(context, ids);
        var now = time.GetUtcNow();
        if (ClientKey.Find(context.Request, keyring, now) is not { } key)
            return RefuseAsync(context, shape, ClientKey.Rejection, now);
        if (ClientKey.WhyNot(context, key, now) is { } elsewhere)
            return RefuseAsync(context, shape, elsewhere, now);
        var models = Usable(key, now);
        return WriteAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                if (shape == Shape.OpenAI)
                    json.WriteString("object"u8, "list"u8);
                json.WriteStartArray(shape == Shape.Gemini ? "models"u8 : "data"u8);
                foreach (var model in models)
                    Write(json, model, shape);
                json.WriteEndArray();
                if (shape == Shape.Anthropic)
                {
                    json.WriteString("first_id"u8, models.Count > 0 ? models[0].Id : null);
                    json.WriteString("last_id"u8, models.Count > 0 ? models[^1].Id : null);
                    json.WriteBoolean("has_more"u8, false);
                }
                json.WriteEndObject();
            }
        );
    }

    private Task ShowAsync(HttpContext context, Shape shape)
    {
        RequestId.Give(context, ids);
        var now = time.GetUtcNow();
        if (ClientKey.Find(context.Request, keyring, now) is not { } key)
            return RefuseAsync(context, shape, ClientKey.Rejection, now);
        if (ClientKey.WhyNot(context, key, now) is { } elsewhere)
            return RefuseAsync(context, shape, elsewhere, now);
        var id = context.Request.RouteValues["id"] as string ?? "";
        var models = Usable(key, now);
        if (models.Find(known => known.Id == id) is { } model)
            return WriteAsync(context, json => Write(json, model, shape));
        var nearest = NearestModels.Of(id, models.Select(m => m.Id));
        var rejection = new Rejection(
            Problems.ModelNotFound,
            $"The model '{id}' does not exist. Nearest Model IDs: {string.Join(", ", nearest)}.",
            Param: "model"
        );
        return RefuseAsync(context, shape, rejection, now);
    }

    private static Task RefuseAsync(HttpContext context, Shape shape, Rejection rejection, DateTimeOffset now) =>
        shape switch
        {
            Shape.Anthropic => AnthropicErrors.WriteAsync(context, rejection, now),
            Shape.Gemini => GeminiErrors.WriteAsync(context, rejection, now),
            _ => OpenAIErrors.WriteAsync(context, rejection, now),
        };

    /// <summary>Models that are for sale and that the key may use, and behind them the virtual ones, which come to one of these.</summary>
    private List<Model> Usable(KeyRights key, DateTimeOffset now)
    {
        var models = catalog
            .Current.Models.Where(m => (key.Models is null || key.Models.Contains(m.Id)) && !(m.WithdrawnAt <= now))
            .OrderBy(m => m.Id, StringComparer.Ordinal)
            .ToList();
        var generating = models.Where(m => m.Kind == ModelKind.Chat).ToList();
        if (generating.Count > 0)
            models.AddRange(VirtualModel.All.Select(wish => Listed(wish, generating)));
        return models;
    }

    /// <summary>A virtual model takes what the largest of them does.</summary>
    private static Model Listed(VirtualModel wish, List<Model> models) =>
        new(
            wish.Id,
            wish.Name,
            "tokenline",
            models.Max(m => m.Created),
            models.Max(m => m.ContextTokens),
            models.Max(m => m.OutputTokensMax),
            models.Max(m => m.ImageTokensMax),
            HidesReasoning: false,
            Tokenizer: null,
            "max_tokens",
            [.. models.SelectMany(m => m.Deployments).Where(d => d.Simulated).Take(1)]
        );

    private static void Write(Utf8JsonWriter json, Model model, Shape shape)
    {
        json.WriteStartObject();
        switch (shape)
        {
            case Shape.Anthropic:
                json.WriteString("type"u8, "model"u8);
                json.WriteString("id"u8, model.Id);
                json.WriteString("display_name"u8, model.Name);
                json.WriteString(
                    "created_at"u8,
                    DateTimeOffset.FromUnixTimeSeconds(model.Created).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
                );
                json.WriteNumber("max_input_tokens"u8, model.ContextTokens);
                json.WriteNumber("max_tokens"u8, model.OutputTokensMax);
                break;
            case Shape.Gemini:
                json.WriteString("name"u8, $"models/{model.Id}");
                json.WriteString("displayName"u8, model.Name);
                json.WriteNumber("inputTokenLimit"u8, model.ContextTokens);
                json.WriteNumber("outputTokenLimit"u8, model.OutputTokensMax);
                json.WriteStartArray("supportedGenerationMethods"u8);
                if (model.Kind == ModelKind.Chat)
                {
                    json.WriteStringValue("generateContent"u8);
                    json.WriteStringValue("streamGenerateContent"u8);
                    json.WriteStringValue("countTokens"u8);
                }
                json.WriteEndArray();
                break;
            default:
                json.WriteString("id"u8, model.Id);
                json.WriteString("object"u8, "model"u8);
                json.WriteNumber("created"u8, model.Created);
                json.WriteString("owned_by"u8, model.OwnedBy);
                json.WriteString("name"u8, model.Name);
                json.WriteNumber("context_length"u8, model.ContextTokens);
                json.WriteNumber("max_output_tokens"u8, model.OutputTokensMax);
                break;
        }
        json.WriteBoolean("simulated"u8, model.Deployments.Any(d => d.Simulated));
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        write(json);
    }
}
