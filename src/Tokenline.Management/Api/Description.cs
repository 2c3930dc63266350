using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Management.Api;

/// <summary>How the API describes itself.</summary>
internal static class Description
{
    private const string Scheme = "adminKey";
    private const string AnyType = "*/*";

    private const string About = """
        The management API under `/api/v1` is everything the consoles and the command line do. What customers call is under `/v1`, with keys and errors of its own.

        **Key.** `Authorization: Bearer <admin key>` on every call (`TOKENLINE_ADMIN_KEY` in `demo.env`).

        **Money** is `{"amount": "9.90", "currency": "CNY"}`, **quota** a decimal string in whole units with up to six decimals.
        Prices are for a million tokens of a meter, weights for one. Meters: `input` (not read from a cache), `cached_input`, `cache_write_5m`, `cache_write_1h`, `output` (all of it), `reasoning` (the part of output that was reasoning).

        **Lists** are newest first; give `next` back as `before`. `limit` is 1 to 500, 50 unless told.

        **Errors** are `application/problem+json` with a `code`; `param` names the field at fault. Any call may answer `invalid_api_key` (401), `internal_error` (500) and, where a charging account is asked, `overloaded` (503: try again).
        """;

    /// <summary>What it does, in which units, and with which codes it refuses.</summary>
    public static RouteHandlerBuilder Documented(
        this RouteHandlerBuilder route,
        string tag,
        string summary,
        string description,
        params Problem[] refusals
    )
    {
        var codes = string.Join(", ", refusals.Select(problem => $"`{problem.Code}` ({problem.Status})"));
        route.WithTags(tag).WithSummary(summary);
        route.WithDescription(refusals.Length == 0 ? description : $"{description}\n\nError codes: {codes}.");
        foreach (var status in refusals.Append(Problems.InvalidApiKey).Select(problem => problem.Status).Distinct())
            route.Produces<ProblemBody>(status, "application/problem+json");
        return route;
    }

    /// <summary>A JSON body. The route takes whatever is sent, so that a client that forgot the content type is told what is wrong with its body, and not that there is no such route.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, bool isOptional = false)
        where T : notnull => route.Accepts<T>(isOptional, "application/json", AnyType);

    public static void Configure(OpenApiOptions options)
    {
        options.AddOperationTransformer(
            (operation, _, _) =>
            {
                operation.RequestBody?.Content?.Remove(AnyType);
                return Task.CompletedTask;
            }
        );
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Tokenline API",
                    Version = "v1",
                    Description = About,
                };
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
                document.Servers = [];
                CustomerApi.Describe(document);
                return Task.CompletedTask;
            }
        );
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                // What may be null is left out of answers and may be left out of requests.
                foreach (var property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable))
                    schema.Required?.Remove(property.Name);
                if (AsText(context.JsonTypeInfo.Type) is not { } text)
                    return Task.CompletedTask;
                schema.Type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is null
                    ? JsonSchemaType.String
                    : JsonSchemaType.String | JsonSchemaType.Null;
                schema.Format = text.Format;
                schema.Pattern = null;
                schema.Examples = [JsonValue.Create(text.Example)];
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>What a value with a converter of its own looks like.</summary>
    private static (string? Format, string Example)? AsText(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(decimal))
            return ("decimal", "9.90");
        if (value == typeof(Currency))
            return (null, "CNY");
        if (value == typeof(QuotaUnit))
            return (null, "general-token");
        if (value == typeof(Factor))
            return (null, "0.8");
        return value.IsGenericType && value.GetGenericTypeDefinition() == typeof(Id<>)
            ? ((string?)null, Activator.CreateInstance(value)!.ToString()!)
            : null;
    }
}
