namespace Tokenline.Host;

/// <summary>Exit codes: 0 done, 1 it did not work and one line says why.</summary>
internal static class Errors
{
    public static async Task<int> ToExitCodeAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e)
            when (e
                    is SettingException
                        or InvalidOperationException
                        or InvalidDataException // appsettings.json is not JSON
                        or FormatException
                        or IOException
                        or UnauthorizedAccessException
                        or System.Data.Common.DbException
                        or HttpRequestException
            )
        {
            var cause = e.GetBaseException();
            await Terminal.Current.Error.WriteLineAsync(cause == e ? $"tokenline: {e.Message}" : $"tokenline: {e.Message} {cause.Message}");
            return 1;
        }
    }
}
