using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tokenline.Billing;
using Tokenline.Charging;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Management.Api;

/// <summary>The key that opens the management API. Kept as a hash, so that nothing that prints it shows it.</summary>
public sealed class AdminKey(string text)
{
    private const string Scheme = "Bearer ";
    private readonly byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes as long for a wrong key as for the right one.</summary>
    internal bool Opens(string? authorization) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), hash);
}

/// <summary>Around every call: who is asking, and what becomes of a failure.</summary>
internal sealed class ApiEdge(AdminKey adminKey, GuessLimit guesses, ILogger<ApiEdge> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (guesses.ShutFor(http.Connection.RemoteIpAddress) is { } shut)
        {
            http.Response.Headers.RetryAfter = $"{(int)Math.Ceiling(shut.TotalSeconds)}";
            return ApiResult.Problem(
                Problems.RateLimitExceeded,
                "Too many wrong keys came from this address. No key is looked at for a minute."
            );
        }
        if (!adminKey.Opens(http.Request.Headers.Authorization))
        {
            if (http.Request.Headers.Authorization.Count > 0)
                guesses.Wrong(http.Connection.RemoteIpAddress);
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return ApiResult.Problem(Problems.InvalidApiKey, "The management API is opened by 'Authorization: Bearer <admin key>'.");
        }
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ApiResult.Problem(Problems.PayloadTooLarge, "The body is too large.");
        }
        catch (TurnTakenException e)
        {
            return ApiResult.Problem(Problems.Conflict, e.Message);
        }
        catch (BillingConflictException e)
        {
            return ApiResult.Problem(Problems.Conflict, e.Message);
        }
        catch (AccountUnavailableException e)
        {
            log.LogWarning(e, "{Method} {Path}: the charging account is not available", http.Request.Method, http.Request.Path);
            return ApiResult.Problem(Problems.Overloaded, "The charging account cannot be reached at the moment. Try again.");
        }
        catch (Exception e) when (IsDatabaseAway(e))
        {
            log.LogWarning(e, "{Method} {Path}: the database is not available", http.Request.Method, http.Request.Path);
            return ApiResult.Problem(
                Problems.Overloaded,
                "The database cannot be reached at the moment. Try again; look first whether a change is there already, unless it carries an id of yours."
            );
        }
        catch (Exception e)
        {
            log.LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            return ApiResult.Problem(Problems.Internal, "Something went wrong here. The log has the details.");
        }
    }

    private static bool IsDatabaseAway(Exception? e) =>
        e is not null && (e is DbException { IsTransient: true } || IsDatabaseAway(e.InnerException));
}
