/*
 * The ciphers of MIT krb5. One line in, one line out; octets are in hexadecimal, "-" when there are none:
 *
 *     seal ENCTYPE USAGE KEY PLAINTEXT       the ciphertext
 *     open ENCTYPE USAGE KEY CIPHERTEXT      the plaintext
 *     sum ENCTYPE USAGE KEY DATA             the checksum of the type that goes with the enctype
 *     prf ENCTYPE 0 KEY INPUT                the pseudo-random octets
 *     key ENCTYPE 0 PASSWORD SALT            the key of a password, with the usual parameters
 *
 * or "refused" and MIT's number for why.
 */
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
    fprintf(stderr, "k5_crypto: %s\n", what);
    exit(1);
}

static unsigned value_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == 0 ? NULL : strchr(digits, digit);
    if (found == NULL)
        die("no hexadecimal digit");
    return (unsigned)(found - digits);
}

/* Decodes in place. */
static krb5_data octets(char *word)
{
    krb5_data data = {0, 0, word};
    if (word == NULL)
        die("a word is missing");
    if (strcmp(word, "-") == 0)
        return data;
    for (; word[0] != 0; word += 2)
        data.data[data.length++] = (char)(value_of(word[0]) << 4 | value_of(word[1]));
    return data;
}

static void say(krb5_error_code error, const char *data, size_t length)
{
    size_t at;
    if (error != 0) {
        printf("refused %ld\n", (long)error);
        return;
    }
    for (at = 0; at < length; at++)
        printf("%02x", (unsigned char)data[at]);
    puts(length == 0 ? "-" : "");
}

static void *space(size_t length)
{
    void *found = calloc(1, length + 1);
    if (found == NULL)
        die("memory");
    return found;
}

static void seal(const krb5_keyblock *key, krb5_keyusage usage, const krb5_data *input)
{
    krb5_enc_data sealed;
    krb5_error_code error;
    size_t length;
    memset(&sealed, 0, sizeof sealed);
    if (krb5_c_encrypt_length(NULL, key->enctype, input->length, &length) != 0)
        die("no such enctype");
    sealed.ciphertext.data = space(length);
    sealed.ciphertext.length = (unsigned)length;
    error = krb5_c_encrypt(NULL, key, usage, NULL, input, &sealed);
    say(error, sealed.ciphertext.data, sealed.ciphertext.length);
    free(sealed.ciphertext.data);
}

static void open_sealed(const krb5_keyblock *key, krb5_keyusage usage, const krb5_data *input)
{
    krb5_enc_data sealed;
    krb5_data opened;
    krb5_error_code error;
    memset(&sealed, 0, sizeof sealed);
    sealed.enctype = key->enctype;
    sealed.ciphertext = *input;
    opened.data = space(input->length);
    opened.length = input->length;
    error = krb5_c_decrypt(NULL, key, usage, NULL, &sealed, &opened);
    say(error, opened.data, opened.length);
    free(opened.data);
}

static void sum(const krb5_keyblock *key, krb5_keyusage usage, const krb5_data *input)
{
    krb5_checksum checksum;
    krb5_error_code error;
    memset(&checksum, 0, sizeof checksum);
    error = krb5_c_make_checksum(NULL, 0, key, usage, input, &checksum);
    say(error, (const char *)checksum.contents, checksum.length);
    krb5_free_checksum_contents(NULL, &checksum);
}

static void prf(const krb5_keyblock *key, krb5_data *input)
{
    krb5_data output;
    krb5_error_code error;
    size_t length;
    if (krb5_c_prf_length(NULL, key->enctype, &length) != 0)
        die("no such enctype");
    output.data = space(length);
    output.length = (unsigned)length;
    error = krb5_c_prf(NULL, key, input, &output);
    say(error, output.data, output.length);
    free(output.data);
}

static void key_of(krb5_enctype enctype, const krb5_data *password, const krb5_data *salt)
{
    krb5_keyblock key;
    krb5_error_code error;
    memset(&key, 0, sizeof key);
    error = krb5_c_string_to_key(NULL, enctype, password, salt, &key);
    say(error, (const char *)key.contents, key.length);
    krb5_free_keyblock_contents(NULL, &key);
}

static void answer(char *line)
{
    char *what = strtok(line, " "), *enctype = strtok(NULL, " "), *usage = strtok(NULL, " ");
    krb5_data first = octets(strtok(NULL, " ")), second = octets(strtok(NULL, " "));
    krb5_keyblock key;
    memset(&key, 0, sizeof key);
    key.enctype = atoi(enctype);
    key.contents = (krb5_octet *)first.data;
    key.length = first.length;
    if (strcmp(what, "seal") == 0)
        seal(&key, atoi(usage), &second);
    else if (strcmp(what, "open") == 0)
        open_sealed(&key, atoi(usage), &second);
    else if (strcmp(what, "sum") == 0)
        sum(&key, atoi(usage), &second);
    else if (strcmp(what, "prf") == 0)
        prf(&key, &second);
    else if (strcmp(what, "key") == 0)
        key_of(key.enctype, &first, &second);
    else
        die("what?");
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        answer(line);
    }
    free(line);
    return 0;
}
