using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Responses;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Responses;

namespace Tokenline.Gateway.Endpoints;

/// <summary>Responses that are kept: <c>GET</c> and <c>DELETE /v1/responses/{id}</c>, <c>GET /v1/responses/{id}/input_items</c>. Only for keys of the account that asked for them.</summary>
internal sealed class StoredResponsesEndpoint(Keyring keyring, StoredResponses responses, IdSource ids, TimeProvider time)
{
    private const int PageDefault = 20;
    private const int PageMax = 100;

    public Task ShowAsync(HttpContext context) =>
        WithAsync(
            context,
            async response =>
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = response.Response.Length;
                await context.Response.Body.WriteAsync(response.Response, context.RequestAborted);
            }
        );

    public Task InputItemsAsync(HttpContext context) =>
        WithAsync(
            context,
            response =>
            {
                var query = context.Request.Query;
                var limit = PageDefault;
                if (
                    query["limit"] is [{ } text]
                    && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageMax)
                )
                    return RefuseAsync(context, new(Problems.InvalidRequest, $"'limit' must be an integer from 1 to {PageMax}.", "limit"));
                var items = ResponseItems.List(response.Id, response.Input.Span);
                if (query["order"] != "asc") // the newest first, as the protocol has it
                    items.Reverse();
                var from = query["after"] is [{ Length: > 0 } after] ? items.FindIndex(item => item.Id == after) + 1 : 0;
                return WriteItemsAsync(context, [.. items.Skip(from).Take(limit)], from + limit < items.Count);
            }
        );

    public async Task DeleteAsync(HttpContext context)
    {
        var (key, rejection) = Key(context);
        if (key is null)
        {
            await RefuseAsync(context, rejection!);
            return;
        }
        var id = IdIn(context);
        if (!await responses.DeleteAsync(key.Account, id, context.RequestAborted))
        {
            await RefuseAsync(context, Unknown(id));
            return;
        }
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "response"u8);
        json.WriteBoolean("deleted"u8, true);
        json.WriteEndObject();
    }

    private async Task WithAsync(HttpContext context, Func<StoredResponse, Task> answer)
    {
        var (key, rejection) = Key(context);
        if (key is null)
            await RefuseAsync(context, rejection!);
        else if (await responses.FindAsync(key.Account, IdIn(context), context.RequestAborted) is { } found)
            await answer(found);
        else
            await RefuseAsync(context, Unknown(IdIn(context)));
    }

    private (KeyRights? Key, Rejection? Rejection) Key(HttpContext context)
    {
        RequestId.Give(context, ids);
        var now = time.GetUtcNow();
        if (ClientKey.Find(context.Request, keyring, now) is not { } key)
            return (null, ClientKey.Rejection);
        return ClientKey.WhyNot(context, key, now) is { } elsewhere ? (null, elsewhere) : (key, null);
    }

    private static string IdIn(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";

    private static Rejection Unknown(string id) => new(Problems.NotFound, $"Response with id '{id}' not found.", Param: "id");

    private Task RefuseAsync(HttpContext context, Rejection rejection) => OpenAIErrors.WriteAsync(context, rejection, time.GetUtcNow());

    private static async Task WriteItemsAsync(HttpContext context, List<(string Id, byte[] Json)> items, bool hasMore)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var item in items)
            json.WriteRawValue(item.Json, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("first_id"u8, items.Count > 0 ? items[0].Id : null);
        json.WriteString("last_id"u8, items.Count > 0 ? items[^1].Id : null);
        json.WriteBoolean("has_more"u8, hasMore);
        json.WriteEndObject();
    }
}
