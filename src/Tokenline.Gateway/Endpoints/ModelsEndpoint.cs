using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Errors;

namespace Tokenline.Gateway.Endpoints;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: the models that this key may use, in OpenAI's shape.</summary>
internal sealed class ModelsEndpoint(Keyring keyring, IModelCatalogSource catalog, IdSource ids, TimeProvider time)
{
    public Task ListAsync(HttpContext context)
    {
        RequestId.Give(context, ids);
        var now = time.GetUtcNow();
        if (BearerKey.Find(context.Request, keyring, now) is not { } key)
            return OpenAIErrors.WriteAsync(context, BearerKey.Rejection, now);
        return WriteAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("object"u8, "list"u8);
                json.WriteStartArray("data"u8);
                foreach (var model in catalog.Current.Models.Where(m => MayUse(key, m)).OrderBy(m => m.Id, StringComparer.Ordinal))
                    Write(json, model);
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    /// <summary>Model IDs may hold slashes, so the rest of the path is the id.</summary>
    public Task ShowAsync(HttpContext context)
    {
        RequestId.Give(context, ids);
        var now = time.GetUtcNow();
        if (BearerKey.Find(context.Request, keyring, now) is not { } key)
            return OpenAIErrors.WriteAsync(context, BearerKey.Rejection, now);
        var id = context.Request.RouteValues["id"] as string ?? "";
        if (catalog.Current.Find(id) is { } model && MayUse(key, model))
            return WriteAsync(context, json => Write(json, model));
        var nearest = NearestModels.Of(id, catalog.Current.Models.Where(m => MayUse(key, m)).Select(m => m.Id));
        var rejection = new Rejection(
            Problems.ModelNotFound,
            $"The model '{id}' does not exist. Nearest Model IDs: {string.Join(", ", nearest)}.",
            Param: "model"
        );
        return OpenAIErrors.WriteAsync(context, rejection, now);
    }

    private static bool MayUse(KeyRights key, Model model) => key.Models is null || key.Models.Contains(model.Id);

    private static void Write(Utf8JsonWriter json, Model model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, model.Created);
        json.WriteString("owned_by"u8, model.OwnedBy);
        json.WriteString("name"u8, model.Name);
        json.WriteNumber("context_length"u8, model.ContextTokens);
        json.WriteNumber("max_output_tokens"u8, model.OutputTokensMax);
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
