// Package web reads what clients send and writes what they get.
package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// largestBody is enough for every request of this service, escaped as clumsily as JSON allows.
const largestBody = 256 << 10

// retrySeconds is when a client may ask again for what is not there at the moment.
const retrySeconds = "5"

// Problem is one thing that is wrong with a request: where it stands, such as body and title, and why.
type Problem struct {
	Location []string `json:"loc"`
	Message  string   `json:"msg"`
}

// Error is an answer to a request that cannot be served; its cause is for the log alone.
type Error struct {
	Status int
	Detail any
	Cause  error
}

// Error says it in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%d: %v", e.Status, e.Detail)
}

// Refuse returns the answer to a request that is not understood. What was sent is not repeated: it
// may be secret.
func Refuse(problems ...Problem) error {
	return &Error{Status: http.StatusUnprocessableEntity, Detail: problems}
}

// NotFound returns the answer to a request for something that is not there.
func NotFound(detail string) error {
	return &Error{Status: http.StatusNotFound, Detail: detail}
}

// Unavailable returns the answer to a request that may be served later.
func Unavailable(detail string, cause error) error {
	return &Error{http.StatusServiceUnavailable, detail, cause}
}

// Handler serves a route. What it returns as an error becomes the answer: an Error as it says, any
// other one a 500 without a word of it, for it may tell too much.
type Handler func(http.ResponseWriter, *http.Request) error

// ServeHTTP calls the handler, and answers for it if it fails.
func (h Handler) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	err := h(response, request)
	if err == nil {
		return
	}
	var told *Error
	if !errors.As(err, &told) {
		told = &Error{http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError), err}
	}
	if told.Cause != nil {
		Fail(response, told.Cause)
	}
	if told.Status == http.StatusServiceUnavailable {
		response.Header().Set("Retry-After", retrySeconds)
	}
	JSON(response, told.Status, map[string]any{"detail": told.Detail})
}

// Fail notes why a request is not served, where the response is one that keeps it for the log.
func Fail(response http.ResponseWriter, err error) {
	if keeper, ok := response.(interface{ Fail(error) }); ok {
		keeper.Fail(err)
	}
}

// JSON answers with a value as JSON.
func JSON(response http.ResponseWriter, status int, value any) {
	content, err := json.Marshal(value)
	if err != nil {
		// Only a value that no answer of ours holds, such as a channel, gets here.
		panic(err)
	}
	Content(response, status, content)
}

// Content answers with JSON that is encoded already.
func Content(response http.ResponseWriter, status int, content []byte) {
	response.Header().Set("Content-Type", "application/json")
	response.Header().Set("Content-Length", strconv.Itoa(len(content)))
	response.WriteHeader(status)
	// A client that has gone away needs no answer.
	_, _ = response.Write(content)
}

// Read decodes a request's body, a JSON object, into what target points to.
func Read(response http.ResponseWriter, request *http.Request, target any) error {
	content, err := io.ReadAll(http.MaxBytesReader(response, request.Body, largestBody))
	var (
		large *http.MaxBytesError
		typed *json.UnmarshalTypeError
	)
	if errors.As(err, &large) {
		return &Error{Status: http.StatusRequestEntityTooLarge, Detail: "the body is too large"}
	}
	if err != nil {
		return Refuse(Problem{[]string{"body"}, "could not be read"})
	}
	err = json.Unmarshal(content, target)
	if errors.As(err, &typed) && typed.Field != "" {
		return Refuse(Problem{[]string{"body", typed.Field}, "must be a " + typed.Type.String()})
	}
	if err != nil {
		return Refuse(Problem{[]string{"body"}, "must be a JSON object"})
	}
	return nil
}

// Limit returns the parameter `limit` of a request's query, a number from 1 to 100; 50 without one.
func Limit(request *http.Request) (int, error) {
	query := request.URL.Query()
	if !query.Has("limit") {
		return 50, nil
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		return 0, Refuse(Problem{[]string{"query", "limit"}, "must be a number from 1 to 100"})
	}
	return limit, nil
}
