using Microsoft.AspNetCore.Http;
using Tokenline.Commerce;

namespace Tokenline.Management.Api;

/// <summary>A problem as RFC 9457 writes it.</summary>
/// <param name="Type">A URN that names the code.</param>
/// <param name="Title">The code again, for readers that show only titles.</param>
/// <param name="Detail">What is wrong, for a person.</param>
/// <param name="Code">The code of the catalogue; programs decide by this.</param>
/// <param name="Param">The field or query parameter at fault.</param>
public sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Code, string? Param);

internal static class ApiResult
{
    public static IResult Problem(Refused refused) => Problem(refused.Problem, refused.Message, refused.Param);

    public static IResult Problem(Problem problem, string message, string? param = null) =>
        TypedResults.Json(
            new ProblemBody(
                $"urn:tokenline:problem:{problem.Code}",
                problem.Code.Replace('_', ' '),
                problem.Status,
                message,
                problem.Code,
                param
            ),
            statusCode: problem.Status,
            contentType: "application/problem+json"
        );

    /// <summary>The value in the form of <paramref name="body"/>, or the refusal.</summary>
    public static IResult Of<T, TBody>(Outcome<T> outcome, Func<T, TBody> body)
        where T : class => outcome.Value is { } value ? TypedResults.Ok(body(value)) : Problem(outcome.Refused!);

    public static IResult Created<T, TBody>(Outcome<T> outcome, Func<T, string> location, Func<T, TBody> body)
        where T : class => outcome.Value is { } value ? TypedResults.Created(location(value), body(value)) : Problem(outcome.Refused!);
}
