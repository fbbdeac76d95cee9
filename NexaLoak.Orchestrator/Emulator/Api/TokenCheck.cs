using System.Security.Cryptography;
using System.Text;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Lets requests with the right token in.</summary>
internal sealed class TokenCheck(string token)
{
    private const string Scheme = "Bearer ";
    private const int ShortestToken = 40;
    private const int GlobalKeyLength = 37;

    /// <summary>Whether the text could be a token.</summary>
    public static bool IsWellFormed(string text)
        => text.Length >= ShortestToken && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Checks a request's headers.</summary>
    /// <exception cref="ApiException">They do not let the request in.</exception>
    public void Require(IHeaderDictionary headers, bool verifiesToken)
    {
        string? authorization = headers.Authorization;
        if (authorization is null)
        {
            throw RefuseKey(headers["X-Auth-Email"], headers["X-Auth-Key"]);
        }

        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || !IsWellFormed(authorization[Scheme.Length..]))
        {
            throw ApiErrors.MalformedAuthorization();
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(authorization[Scheme.Length..]), Encoding.ASCII.GetBytes(token)))
        {
            throw Unknown(verifiesToken);
        }
    }

    /// <summary>The refusal of a token that is not known.</summary>
    public static ApiException Unknown(bool verifiesToken) => verifiesToken ? ApiErrors.InvalidApiToken() : ApiErrors.InvalidAccessToken();

    private static ApiException RefuseKey(string? email, string? key)
    {
        if (email is null && key is null)
        {
            return ApiErrors.MissingAuthentication();
        }

        if (email?.Contains('@', StringComparison.Ordinal) != true)
        {
            return ApiErrors.MalformedEmail();
        }

        return key?.Length == GlobalKeyLength && key.All(char.IsAsciiHexDigitLower) ? ApiErrors.UnknownKeyOrEmail() : ApiErrors.MalformedKey();
    }
}
