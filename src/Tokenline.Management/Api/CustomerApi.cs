using Microsoft.OpenApi;

namespace Tokenline.Management.Api;

/// <summary>
/// The API that customers call, described by hand: its bodies are OpenAI's and pass through byte by byte, so there are no types to describe them from.
/// Only what Tokenline itself reads, adds or refuses is named.
/// </summary>
internal static class CustomerApi
{
    private const string Scheme = "customerKey";
    private const string Tag = "Models for customers";

    public static void Describe(OpenApiDocument document)
    {
        document.Components!.SecuritySchemes![Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A customer's key: tl-…",
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas["ApiError"] = Error();
        document.Components.Schemas["ListedModel"] = Model();

        var chat = Operation(
            document,
            "Answer a conversation",
            "OpenAI's chat completions, plain or streamed: any OpenAI client works with this server's address and a key. Every field passes to the vendor as it is; named here is what Tokenline reads.",
            [
                Problems.InvalidRequest,
                Problems.InsufficientQuota,
                Problems.ModelNotAllowed,
                Problems.ModelNotFound,
                Problems.IdempotencyConflict,
            ]
        );
        chat.Parameters =
        [
            new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Description = "Seen before within 24 hours: 409 with the charge id of the first call.",
                Schema = Text("1 to 255 characters."),
            },
        ];
        chat.RequestBody = new OpenApiRequestBody { Required = true, Content = Json(Request()) };
        chat.Responses!["200"] = new OpenApiResponse
        {
            Description =
                "OpenAI's chat completion, or its chunks as server-sent events up to `data: [DONE]`. What comes to its end is charged, and in the books.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                ["text/event-stream"] = new() { Schema = Text("Events.") },
            },
            Headers = Headers(),
        };
        foreach (var (problem, words) in Refusals())
            chat.Responses.TryAdd(problem.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), Refusal(document, words));
        Add(document, "/v1/chat/completions", HttpMethod.Post, chat);

        var list = Operation(
            document,
            "List the models of a key",
            "OpenAI's list, with the context and whether the model is simulated.",
            []
        );
        list.Responses!["200"] = Answer(
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["object"] = Text("list"),
                    ["data"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchemaReference("ListedModel", document),
                    },
                },
            }
        );
        Add(document, "/v1/models", HttpMethod.Get, list);

        var show = Operation(document, "Show a model", "A Model ID may hold slashes.", [Problems.ModelNotFound]);
        show.Parameters =
        [
            new OpenApiParameter
            {
                Name = "id",
                In = ParameterLocation.Path,
                Required = true,
                Schema = Text("A Model ID."),
            },
        ];
        show.Responses!["200"] = Answer(new OpenApiSchemaReference("ListedModel", document));
        Add(document, "/v1/models/{id}", HttpMethod.Get, show);
    }

    private static IEnumerable<(Problem Problem, string Words)> Refusals() =>
        [
            (Problems.PayloadTooLarge, "`payload_too_large`: the body is larger than 32 MB."),
            (Problems.ConcurrencyLimitReached, "`concurrency_limit_reached` and other limits. `Retry-After` says when to come back."),
            (Problems.UpstreamError, "`upstream_error`: the vendor failed. Nothing is charged."),
            (
                Problems.UpstreamUnavailable,
                "`upstream_unavailable` or `overloaded`. Nothing is charged. `Retry-After` says when to come back."
            ),
            (Problems.UpstreamTimeout, "`upstream_timeout`: the vendor did not answer in time. Nothing is charged."),
        ];

    private static OpenApiOperation Operation(OpenApiDocument document, string summary, string description, Problem[] refusals)
    {
        var operation = new OpenApiOperation
        {
            Summary = summary,
            Description = description,
            Tags = new HashSet<OpenApiTagReference> { new(Tag, document) },
            Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }],
            Responses = [],
        };
        document.Tags ??= new HashSet<OpenApiTag>();
        document.Tags.Add(new OpenApiTag { Name = Tag });
        foreach (var group in refusals.Append(Problems.InvalidApiKey).GroupBy(problem => problem.Status))
            operation.Responses[group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Refusal(
                document,
                string.Join(", ", group.Select(problem => $"`{problem.Code}`"))
            );
        return operation;
    }

    private static void Add(OpenApiDocument document, string path, HttpMethod method, OpenApiOperation operation) =>
        document.Paths.Add(
            path,
            new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [method] = operation } }
        );

    private static OpenApiResponse Refusal(OpenApiDocument document, string words) =>
        new() { Description = words, Content = Json(new OpenApiSchemaReference("ApiError", document)) };

    private static OpenApiResponse Answer(IOpenApiSchema schema) =>
        new()
        {
            Description = "OK",
            Content = Json(schema),
            Headers = new Dictionary<string, IOpenApiHeader> { ["x-request-id"] = Header("Of this request, for questions about it.") },
        };

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) =>
        new() { ["application/json"] = new OpenApiMediaType { Schema = schema } };

    private static Dictionary<string, IOpenApiHeader> Headers() =>
        new()
        {
            ["x-request-id"] = Header("Of this request, for questions about it."),
            ["x-tokenline-charge-id"] = Header("The charge: GET /api/v1/charges/{id}/receipt explains it."),
            ["x-tokenline-model"] = Header("The model that has really answered."),
            ["x-tokenline-output-limit"] = Header("The output limit that was set for this call, because no more can be paid."),
            ["x-ratelimit-limit-tokens"] = Header("What was granted of the quota that pays, in whole units. Not where money pays."),
            ["x-ratelimit-remaining-tokens"] = Header("What is left of it: after this call; on streams while this call is held."),
            ["x-ratelimit-reset-tokens"] = Header("Until it ends or is granted again, in seconds."),
        };

    private static OpenApiHeader Header(string words) => new() { Description = words, Schema = Text(null) };

    private static OpenApiSchema Text(string? words) => new() { Type = JsonSchemaType.String, Description = words };

    private static OpenApiSchema Number(string words) => new() { Type = JsonSchemaType.Integer, Description = words };

    private static OpenApiSchema Flag(string words) => new() { Type = JsonSchemaType.Boolean, Description = words };

    private static OpenApiSchema Request() =>
        new()
        {
            Type = JsonSchemaType.Object,
            AdditionalPropertiesAllowed = true,
            Required = new HashSet<string> { "model", "messages" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["model"] = Text("A Model ID of GET /v1/models."),
                ["messages"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.Object },
                    Description = "The conversation.",
                },
                ["stream"] = Flag("Server-sent events instead of one body."),
                ["stream_options"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema> { ["include_usage"] = Flag("A last chunk with the usage.") },
                },
                ["max_tokens"] = Number("The most output of one choice; also as max_completion_tokens."),
                ["n"] = Number("Choices; each is paid for."),
            },
        };

    private static OpenApiSchema Model() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["id"] = Text("The Model ID."),
                ["object"] = Text("model"),
                ["created"] = Number("Unix seconds."),
                ["owned_by"] = Text("The vendor."),
                ["name"] = Text(null),
                ["context_length"] = Number("Input and output together, in tokens."),
                ["max_output_tokens"] = Number("The most output of one choice."),
                ["simulated"] = Flag("Answered by the vendor simulator: no model is asked."),
            },
        };

    private static OpenApiSchema Error() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = "An error in OpenAI's shape.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["error"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["message"] = Text("What is wrong, for a person."),
                        ["type"] = Text("OpenAI's word for the kind of error."),
                        ["param"] = Text("The field at fault."),
                        ["code"] = Text("Programs decide by this."),
                        ["charge_id"] = Text("Of the first call with the same idempotency key."),
                        ["resets_at"] = Text("When there is more."),
                    },
                },
            },
        };
}
